/** Where the arrays of a payload lie in it: one behind the other, each at a multiple of 64 bytes. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import { frameInvalid } from '../net/links/types.js';
import { ALIGNMENT, alignedBytes, describeArrays, type ArrayWords, type Words } from './words.js';

/** A part of one array that lies in a stretch of the payload. */
export interface Part {
  /** Which array. */
  readonly array: number;
  /** Its numbers from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
  /** Where `begin` lies in the payload, in bytes. */
  readonly at: number;
}

export class Layout {
  readonly arrays: readonly LeafData[];
  readonly words: readonly ArrayWords[];
  /** Bytes of the payload. */
  readonly bytes: number;
  /** Where each array begins. */
  readonly #starts: number[] = [];

  /** @param arrays any arrays of the lengths and types of the payload's */
  constructor(arrays: readonly LeafData[]) {
    this.arrays = arrays;
    this.words = describeArrays(arrays);
    let [start, end] = [0, 0];
    for (const { byteLength } of arrays) {
      this.#starts.push(start);
      end = start + byteLength;
      start += alignedBytes(byteLength);
    }
    this.bytes = end;
  }

  /** @throws FRAME_INVALID for a message of other arrays */
  assertFits({ arrays }: Words): void {
    const fits = ([kind, length]: ArrayWords, k: number): boolean =>
      this.words[k][0] === kind && this.words[k][1] === length;
    if (arrays.length === this.words.length && arrays.every(fits)) return;
    throw frameInvalid('a message with other arrays than its signature says');
  }

  /** The parts of arrays between two bytes of the payload, each a multiple of 64 or the end. */
  parts(from: number, to: number): Part[] {
    const found: Part[] = [];
    for (let l = this.#arrayAt(from); l < this.#starts.length && this.#starts[l] < to; l++) {
      const { BYTES_PER_ELEMENT: size, byteLength } = this.arrays[l];
      const start = this.#starts[l];
      const at = Math.max(from, start);
      const end = (Math.min(to, start + byteLength) - start) / size;
      const begin = (at - start) / size;
      if (begin < end) found.push({ array: l, begin, end, at });
    }
    return found;
  }

  /** The memory that the byte at `offset` of the payload belongs to, of these arrays; the room between two goes nowhere. */
  placeIn(arrays: readonly LeafData[], offset: number): Uint8Array {
    const l = this.#arrayAt(offset);
    const { buffer, byteOffset, byteLength } = arrays[l];
    const inside = offset - this.#starts[l];
    if (inside < byteLength)
      return new Uint8Array(buffer, byteOffset + inside, byteLength - inside);
    return nowhere.subarray(0, this.#starts[l + 1] - offset);
  }

  /** The array whose bytes, or the room behind them, hold a byte: the last that begins there or before. */
  #arrayAt(offset: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const nowhere = new Uint8Array(ALIGNMENT);
