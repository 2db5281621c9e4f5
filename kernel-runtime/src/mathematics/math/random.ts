/**
 * Seeded random streams. The generator is xoshiro128** (Blackman and Vigna 2018): 32-bit arithmetic only, so it is
 * fast in JavaScript without BigInt, passes BigCrush, has period 2^128 - 1 and a state of 16 bytes for checkpoints.
 */
import type { Vector } from './matrix.js';
import { DecentLabError } from '../../errors.js';

/** A reproducible stream of random numbers. */
export interface RandomStream {
  /** One uniform number in [0, 1), or a vector of n of them. */
  uniform(): number;
  uniform(n: number): Vector;
  /** One standard normal number, or a vector of n of them. */
  normal(): number;
  normal(n: number): Vector;
  /** A whole number in 0 … k-1. */
  integer(k: number): number;
  /** The numbers 0 … n-1 in random order. */
  permutation(n: number): number[];
  /** The position of the stream; `random.restore` continues from it. */
  state(): number[];
}

const STATE_WORDS = 4;
const TWO_TO_26 = 2 ** 26;
const TWO_TO_53 = 2 ** 53;

/**
 * The stream of a seed: `random(seed, rank, stream)` gives every rank, and every purpose on it, its own numbers.
 * @param seed any number; equal arguments give equal numbers
 * @param rank defaults to 0
 * @param stream defaults to 0
 */
export function random(seed: number, rank = 0, stream = 0): RandomStream {
  return streamOf(Uint32Array.from(seedWords([seed, rank, stream])));
}

/** The stream that continues from a position given by `state()`. */
random.restore = (state: readonly number[]): RandomStream => streamOf(Uint32Array.from(state));

/** Mixes the arguments into four words, each argument through a full avalanche (splitmix32). */
function seedWords(parts: readonly number[]): number[] {
  let hash = 0x9e3779b9;
  const words = Uint32Array.from(new Uint8Array(Float64Array.from(parts).buffer));
  for (const word of words) hash = mix(hash ^ word);
  return Array.from({ length: STATE_WORDS }, () => (hash = mix(hash)));
}

function mix(word: number): number {
  let z = (word + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** The next 32 bits of xoshiro128**. */
function next(s: Uint32Array): number {
  const scrambled = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
  const shifted = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate(s[3], 11);
  return scrambled;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** 53 random bits as a fraction. */
function fraction(s: Uint32Array): number {
  return ((next(s) >>> 5) * TWO_TO_26 + (next(s) >>> 6)) / TWO_TO_53;
}

/** One normal number by Box and Muller; the second one is dropped, so that the state alone is the position. */
function normalOf(s: Uint32Array): number {
  return Math.sqrt(-2 * Math.log(1 - fraction(s))) * Math.cos(2 * Math.PI * fraction(s));
}

function streamOf(s: Uint32Array): RandomStream {
  const integer = (k: number): number => {
    if (!Number.isInteger(k) || k < 1) {
      throw new DecentLabError('VALUE_INVALID', {
        what: 'integer(k)',
        expected: 'a whole k >= 1',
        received: k
      });
    }
    return Math.floor(fraction(s) * k);
  };
  return {
    uniform: drawer(() => fraction(s)),
    normal: drawer(() => normalOf(s)),
    integer,
    permutation: n => shuffled(n, integer),
    state: () => Array.from(s)
  };
}

/** Draws one number, or a vector of n. */
function drawer(draw: () => number): RandomStream['uniform'] {
  function some(): number;
  function some(n: number): Vector;
  function some(n?: number): number | Vector {
    return n === undefined ? draw() : Float64Array.from({ length: n }, draw);
  }
  return some;
}

/** Fisher and Yates. */
function shuffled(n: number, integer: (k: number) => number): number[] {
  const order = Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const j = integer(k + 1);
    [order[k], order[j]] = [order[j], order[k]];
  }
  return order;
}
