/** The figures of a link from measured messages: what `simulate({ link })` needs to foretell other sizes. */
import { DecentLabError } from '../../errors.js';

/** One measurement: how long a message of so many bytes took. */
export type TimedMessage = readonly [bytes: number, ms: number];

export interface FittedLink {
  /** In ms. */
  readonly latency: number;
  /** In bit/s. */
  readonly bandwidth: number;
  /** The root of the mean square of (fitted − measured) / measured: 0.05 is five per cent. */
  readonly error: number;
}

/**
 * Latency and bandwidth with ms ≈ latency + 8 · bytes / bandwidth for these messages, by least squares on the relative
 * errors, so that small messages count as much as large ones. A latency that would be negative is 0.
 * After `decentlab bench link --json > link.json`, the measured link of this machine is
 * `fitLink(JSON.parse(readFileSync('link.json', 'utf8')).messages)`.
 * @param messages of at least two different sizes
 * @throws VALUE_INVALID for less than two sizes, figures that are no positive numbers, or times that do not grow with size
 */
export function fitLink(messages: readonly TimedMessage[]): FittedLink {
  const sizes = new Set(messages.map(([bytes]) => bytes));
  if (sizes.size < 2) throw invalid('messages of at least two sizes', `${sizes.size}`);
  for (const [bytes, ms] of messages) {
    const isMeasured = bytes >= 0 && bytes < Infinity && ms > 0 && ms < Infinity;
    if (!isMeasured) throw invalid('bytes >= 0 and ms > 0', `[${bytes}, ${ms}]`);
  }
  const line = relativeLine(messages);
  const [latency, perByte] = line[0] >= 0 ? line : [0, slopeThroughZero(messages)];
  if (!(perByte > 0)) throw invalid('times that grow with the size', `${perByte} ms more a byte`);
  const squares = messages.map(([bytes, ms]) => ((latency + perByte * bytes) / ms - 1) ** 2);
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / messages.length);
  return { latency, bandwidth: BITS_PER_MS / perByte, error };
}

/** Eight bits a byte, a thousand ms a second. */
const BITS_PER_MS = 8000;

/** min Σ ((a + b s_k) / t_k − 1)²: the normal equations of two unknowns. */
function relativeLine(messages: readonly TimedMessage[]): readonly [number, number] {
  let [aa, ab, bb, a, b] = [0, 0, 0, 0, 0];
  for (const [bytes, ms] of messages) {
    const [u, v] = [1 / ms, bytes / ms];
    aa += u * u;
    ab += u * v;
    bb += v * v;
    a += u;
    b += v;
  }
  const determinant = aa * bb - ab * ab;
  return [(a * bb - b * ab) / determinant, (b * aa - a * ab) / determinant];
}

function slopeThroughZero(messages: readonly TimedMessage[]): number {
  const ratios = messages.map(([bytes, ms]) => bytes / ms);
  const squares = ratios.reduce((sum, ratio) => sum + ratio * ratio, 0);
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / squares;
}

function invalid(expected: string, received: string): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: 'fitLink', expected, received });
}
