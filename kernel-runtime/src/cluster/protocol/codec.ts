/** Messages as bytes and back. Whatever arrives is decoded into plain data and checked before anyone looks at it. */
import { Packr } from 'msgpackr';

import { DecentLabError } from '../../errors.js';
import type { Check } from './checks.js';

/** Bytes of one message at most: checked by the socket before memory is taken. */
export const MAX_MESSAGE_BYTES = 1 << 30;

// Plain records without classes: bytes stay a view of the frame, nothing is constructed by name.
const packr = new Packr({ useRecords: false, structuredClone: false });

/** A message as bytes. Members that are undefined are left out. */
export function encodeMessage(message: object): Uint8Array {
  return packr.pack(message);
}

/**
 * The message in `bytes`.
 * @throws MESSAGE_INVALID if the bytes are no message that `isExpected` knows
 */
export function decodeMessage<T>(bytes: Uint8Array, isExpected: Check<T>): T {
  let message: unknown;
  try {
    message = packr.unpack(bytes);
  } catch (error) {
    throw invalid(`${bytes.length} bytes that are no message`, { cause: error });
  }
  if (isExpected(message)) return message;
  throw invalid(describeType(message));
}

function invalid(received: string, options?: ErrorOptions): DecentLabError {
  return new DecentLabError('MESSAGE_INVALID', { received }, options);
}

function describeType(message: unknown): string {
  const type = (message as { type?: unknown } | null)?.type;
  if (typeof type !== 'string') return 'a message without a type';
  return `a message of type "${type.slice(0, 40)}" with unexpected members`;
}
