/** The words of a message: what its sender says of it, and which arrays it holds. They travel once for many messages. */
import type { DType, LeafData } from '../../mathematics/communicator/values.js';
import { frameInvalid } from '../net/links/types.js';

/** Kind and length of an array. */
export type ArrayWords = readonly [kind: DType, length: number];

export interface Words {
  /** The operation, e.g. `neighborAllreduce`. */
  readonly op: string;
  /** Types, shapes and topology in words; equal on both ends of a call. */
  readonly signature: string;
  /** Of a call with a name. */
  readonly name?: string;
  /** The bytes of text before the arrays, where there are some. */
  readonly text?: number;
  readonly arrays: readonly ArrayWords[];
}

/** Words that were heard, and what follows from them. */
export interface HeardWords extends Words {
  /** Bytes of the payload. */
  readonly bytes: number;
  /** Bytes of the arrays, without the room between them. */
  readonly arrayBytes: number;
}

/** In a payload every array begins at a multiple of this, as in link memory. */
export const ALIGNMENT = 64;

const kinds = { float64: Float64Array, float32: Float32Array, int32: Int32Array } as const;

/** The kind of an array, as words name it. */
export function kindOf(data: LeafData): DType {
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Float32Array ? 'float32' : 'int32';
}

/** Kinds and lengths of arrays. */
export function describeArrays(arrays: readonly LeafData[]): ArrayWords[] {
  return arrays.map(data => [kindOf(data), data.length]);
}

/** Bytes of arrays, without the room between them. */
export function arrayBytes(arrays: readonly ArrayWords[]): number {
  return arrays.reduce((sum, words) => sum + bytesOf(words), 0);
}

/** Bytes of a payload with these arrays. */
export function payloadBytes({ arrays, text = 0 }: Pick<Words, 'arrays' | 'text'>): number {
  const last = arrays.at(-1);
  if (last === undefined) return text;
  const before = arrays.slice(0, -1).reduce((sum, words) => sum + alignedBytes(bytesOf(words)), 0);
  return text + before + bytesOf(last);
}

/** The parts of a payload: the arrays where they lie, and what fills the room between them. */
export function payloadParts(arrays: readonly LeafData[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  arrays.forEach(({ buffer, byteOffset, byteLength }, k) => {
    const isLast = k === arrays.length - 1;
    const bytes = isLast ? byteLength : alignedBytes(byteLength);
    const before = parts.at(-1);
    const isBehind = before?.buffer === buffer && before.byteOffset + before.length === byteOffset;
    // Arrays of one block of link memory are one part, with the room between them.
    const isRoomy = byteOffset % ALIGNMENT === 0 && byteOffset + bytes <= buffer.byteLength;
    const own = isRoomy && buffer instanceof SharedArrayBuffer ? bytes : byteLength;
    if (isBehind) {
      parts[parts.length - 1] = new Uint8Array(buffer, before.byteOffset, before.length + own);
    } else parts.push(new Uint8Array(buffer, byteOffset, own));
    if (own < bytes) parts.push(new Uint8Array(bytes - own));
  });
  return parts;
}

/** Arrays that lie one behind the other in some memory, as in a payload. `memory` begins at a multiple of 8. */
export function arraysIn(
  memory: Uint8Array,
  { arrays, text = 0 }: Pick<Words, 'arrays' | 'text'>
): LeafData[] {
  let offset = text;
  return arrays.map(words => {
    const array = typedArray(words, memory, offset);
    offset += alignedBytes(bytesOf(words));
    return array;
  });
}

/** Puts words into text; those of a call that is made again and again only once. */
export class WordsWriter {
  /** What each operation was last called with. */
  readonly #last = new Map<string, { readonly words: Words; readonly text: string }>();

  write(op: string, said: Pick<Words, 'signature' | 'name'>, arrays: readonly LeafData[]): string {
    const { signature, name } = said;
    const last = this.#last.get(op);
    const isSame =
      last?.words.signature === signature && last.words.name === name && fits(last.words, arrays);
    if (isSame) return last.text;
    const words = {
      op,
      signature,
      ...(name === undefined ? {} : { name }),
      arrays: describeArrays(arrays)
    };
    const text = JSON.stringify(words);
    this.#last.set(op, { words, text });
    return text;
  }
}

/** Whether words tell of such arrays. */
function fits({ arrays: told }: Words, arrays: readonly LeafData[]): boolean {
  if (told.length !== arrays.length) return false;
  return told.every(
    ([kind, length], k) => arrays[k].length === length && kindOf(arrays[k]) === kind
  );
}

/** The array at a byte of some memory. */
export function typedArray([kind, length]: ArrayWords, memory: Uint8Array, at: number): LeafData {
  const Kind: new (buffer: ArrayBufferLike, offset: number, length: number) => LeafData =
    kinds[kind];
  return new Kind(memory.buffer, memory.byteOffset + at, length);
}

/** The words in a text. @throws FRAME_INVALID if there are none */
export function parseWords(text: string): HeardWords {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw frameInvalid('words that are no JSON');
  }
  if (isWords(value)) {
    return { ...value, bytes: payloadBytes(value), arrayBytes: arrayBytes(value.arrays) };
  }
  throw frameInvalid('words without op, signature and arrays');
}

function isWords(value: unknown): value is Words {
  if (typeof value !== 'object' || value === null) return false;
  const { op, signature, name, text, arrays } = value as Record<string, unknown>;
  const hasTexts = typeof op === 'string' && typeof signature === 'string';
  const isNamed = name === undefined || typeof name === 'string';
  const isText = text === undefined || (isLength(text) && text % ALIGNMENT === 0);
  return hasTexts && isNamed && isText && Array.isArray(arrays) && arrays.every(isArrayWords);
}

function isArrayWords(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [kind, length] = value as unknown[];
  return typeof kind === 'string' && Object.hasOwn(kinds, kind) && isLength(length);
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function bytesOf([kind, length]: ArrayWords): number {
  return kinds[kind].BYTES_PER_ELEMENT * length;
}

/** Bytes up to where the next array may begin. */
export function alignedBytes(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
