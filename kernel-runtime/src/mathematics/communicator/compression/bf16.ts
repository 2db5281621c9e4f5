/** bfloat16: the upper half of a float32. Two of them travel as one int32. */
import { DecentLabError } from '../../../errors.js';
import type { LeafData } from '../values.js';
import type { Coder } from './compression.js';

const LOW_HALF = 0xffff;
const TIE = 0x8000;
const QUIET_NAN = 0x7fc0;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Rounds to nearest, ties to even, in one step from float64. @returns 16 bits */
export function toBf16(x: number): number {
  if (Number.isNaN(x)) return QUIET_NAN;
  float[0] = x;
  const [whole] = bits;
  const low = whole & LOW_HALF;
  const high = whole >>> 16;
  if (low !== TIE) return low > TIE ? high + 1 : high;
  // What looks like a tie may have been rounded to float32 before: then the number itself decides.
  const [magnitude, rounded] = [Math.abs(x), Math.abs(float[0])];
  if (magnitude !== rounded) return magnitude > rounded ? high + 1 : high;
  return high + (high & 1);
}

/** The number that 16 bits stand for. */
export function fromBf16(half: number): number {
  bits[0] = half << 16;
  return float[0];
}

/** Sends 16 bits a number. @param own the arrays of this rank, which those of the others equal in type and length */
export function bf16Coder(own: readonly LeafData[]): Coder {
  return {
    encode: arrays => arrays.map(pack),
    decode: (_, received) => own.map((data, l) => unpack(received[l], data))
  };
}

function pack(data: LeafData): Int32Array {
  const packed = new Int32Array(Math.ceil(data.length / 2));
  const halves = new Uint16Array(packed.buffer);
  for (let i = 0; i < data.length; i++) halves[i] = toBf16(data[i]);
  return packed;
}

function unpack(packed: LeafData | undefined, like: LeafData): LeafData {
  const words = Math.ceil(like.length / 2);
  if (!(packed instanceof Int32Array) || packed.length !== words) {
    const received = `${packed?.length} words for ${like.length} numbers of bf16`;
    throw new DecentLabError('FRAME_INVALID', { received });
  }
  const halves = new Uint16Array(packed.buffer, packed.byteOffset, 2 * words);
  const data = like.slice();
  for (let i = 0; i < data.length; i++) data[i] = fromBf16(halves[i]);
  return data;
}
