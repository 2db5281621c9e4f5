/** Messages about windows as they travel: a head in words beside the arrays. What arrives is checked before it is used. */
import { DecentLabError, errorCodes, type ErrorCode } from '../../../errors.js';
import type { WindowMessage } from '../../../mathematics/communicator/windows/messages.js';
import type { LeafData } from '../../../mathematics/communicator/values.js';

/** A message, ready for a frame. */
export interface Packed {
  readonly head: string;
  readonly arrays: readonly LeafData[];
}

type Head = Readonly<Record<string, unknown>>;

/** The head and the arrays of a message. */
export function packMessage(message: WindowMessage): Packed {
  const { datas = [], ...head } = message as WindowMessage & { datas?: readonly LeafData[] };
  return { head: JSON.stringify(head), arrays: datas };
}

/** The message that was packed. @throws FRAME_INVALID if it is none */
export function unpackMessage({ head, arrays }: Packed): WindowMessage {
  const said = parse(head);
  const { kind, id } = said;
  if (!Number.isSafeInteger(id)) throw invalid(`the number ${String(id)}`);
  switch (kind) {
    case 'answer':
      return { kind, id: id as number, datas: arrays };
    case 'refusal':
      return { kind, id: id as number, ...refusalOf(said) };
    case 'release':
      return { kind, id: id as number, window: textOf(said, 'window') };
    case 'put':
    case 'accumulate':
    case 'get':
    case 'lock':
      return {
        ...{ kind, id: id as number, datas: arrays, p: weightOf(said) },
        ...{ window: textOf(said, 'window'), creation: textOf(said, 'creation') },
        requireMutex: said['requireMutex'] === true
      };
    default:
      throw invalid(`of kind ${String(kind).slice(0, 40)}`);
  }
}

function refusalOf(said: Head): { code: ErrorCode; detail: Record<string, unknown> } {
  const { code, detail } = said;
  const isKnown = (errorCodes as readonly unknown[]).includes(code);
  if (!isKnown || !isRecord(detail)) throw invalid('a refusal without its reason');
  return { code: code as ErrorCode, detail };
}

function weightOf({ p }: Head): number | undefined {
  if (p === undefined || typeof p === 'number') return p;
  throw invalid('a weight p that is no number');
}

function textOf(said: Head, member: string): string {
  const text = said[member];
  if (typeof text === 'string') return text;
  throw invalid(`without ${member}`);
}

function parse(text: string): Head {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('whose head is no JSON');
  }
  if (isRecord(value)) return value;
  throw invalid('whose head is no record');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(received: string): DecentLabError {
  return new DecentLabError('FRAME_INVALID', { received: `a message about windows ${received}` });
}
