/** An error of the table on its way between processes: code and details, of which each of them makes the same sentence. */
import { DecentLabError, errorCodes, type ErrorCode } from '../../errors.js';
import { hasShape, isOneOf, isRecord, type Check } from './checks.js';

/** A code of the error table and its details: the same sentence on every rank. */
export interface Reason {
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown>;
}

export const isReason: Check<Reason> = hasShape<Reason>({
  code: isOneOf(...errorCodes),
  detail: isRecord
});

/** What is sent of an error; undefined if it is none of the table. */
export function reasonOf(error: unknown): Reason | undefined {
  return error instanceof DecentLabError ? { code: error.code, detail: error.detail } : undefined;
}
