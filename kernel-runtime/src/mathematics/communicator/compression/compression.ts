/** Exchanges that send fewer bytes than the values have. */
import { DecentLabError } from '../../../errors.js';
import type { LeafData } from '../values.js';
import type { ExchangePlan } from '../weights.js';

/** The entries that have changed most, of each array. Made by `topK`. */
export interface TopK {
  readonly kind: 'top-k';
  /** The share of the entries that is sent. */
  readonly ratio: number;
  /** The share γ of the averaging step that is taken. */
  readonly gamma: number;
}

/**
 * What travels instead of the numbers themselves. The own value always enters with all its digits.
 * - `'bf16'`: 16 bits a number, rounded to nearest, ties to even: 8 significant bits, so a relative error up to 2^-8 in
 *   what is heard of each neighbour. Repeated averaging ends at that accuracy, near the average and not at it.
 * - `topK(ratio)`: see there.
 */
export type Compression = 'bf16' | TopK;

/** What one call sends in place of its arrays, and what it takes for those of its sources. */
export interface Coder {
  encode(arrays: readonly LeafData[]): readonly LeafData[];
  /** @throws FRAME_INVALID for arrays that no encoder has made */
  decode(from: number, received: readonly LeafData[]): readonly LeafData[];
}

/**
 * Sends, of each array, the entries that have changed most since they were sent last, as CHOCO-Gossip does (Koloskova,
 * Stich and Jaggi 2019). Every rank keeps for each call name an estimate x̂ of each neighbour, which the entries sent set
 * right: what is not sent stays in the difference x − x̂ and is sent later (error feedback). With it a rank averages
 * x_i⁺ = x_i + γ (w_ii x_i + Σ_j w_ij (x̂_j + x_i − x̂_i) − x_i). The average over the ranks is kept as without compression, and
 * repeated averaging of values that do not change converges to it exactly. A single call is approximate; with ratio 1 and
 * γ 1 it is the call without compression.
 * @param ratio the share of the entries that is sent, above 0 and at most 1; at least one entry
 * @param options `gamma`: γ, above 0 and at most 1. Smaller is slower and more stable. Defaults to min(1, 2 ratio), which
 *   converges on rings and exponential graphs
 * @throws VALUE_INVALID
 */
export function topK(
  ratio: number,
  { gamma = Math.min(1, 2 * ratio) }: { gamma?: number } = {}
): TopK {
  for (const [name, value] of Object.entries({ ratio, gamma })) {
    if (value > 0 && value <= 1) continue;
    const expected = 'a number above 0 and at most 1';
    throw new DecentLabError('VALUE_INVALID', { what: `topK, ${name}`, expected, received: value });
  }
  return { kind: 'top-k', ratio, gamma };
}

/**
 * The plan of a compressed call.
 * @throws VALUE_INVALID for a compression that is none; for topK without a name, by which ranks know what was sent before,
 *   or with destinations that change
 */
export function planCompressed(
  plan: ExchangePlan,
  compression: Compression,
  name: string | undefined
): ExchangePlan {
  if (compression === 'bf16') return plan;
  if (!isTopK(compression)) {
    throw invalid('compression', "'bf16' or topK(ratio)", JSON.stringify(compression) ?? 'nothing');
  }
  const what = 'neighborAllreduce with topK';
  if (name === undefined) throw invalid(what, 'a name, for which it keeps what was sent', 'none');
  if (plan.isDynamic) throw invalid(what, 'the neighbours of the topology', 'dstWeights');
  const { gamma } = compression;
  const sources = plan.sources.map(([rank, weight]) => [rank, gamma * weight] as const);
  return { ...plan, selfWeight: 1 - gamma + gamma * plan.selfWeight, sources };
}

/** In words; equal on all ranks of one exchange. */
export function compressionInWords(compression: Compression): string {
  if (compression === 'bf16') return 'as bf16';
  return `by topK(${compression.ratio}, gamma ${compression.gamma})`;
}

/** @throws VALUE_INVALID for whole numbers, which have no digits to spare */
export function assertFractions(arrays: readonly LeafData[]): void {
  if (!arrays.some(data => data instanceof Int32Array)) return;
  throw invalid('A compressed exchange', 'float64 or float32 numbers', 'int32 numbers');
}

function isTopK(compression: unknown): compression is TopK {
  return typeof compression === 'object' && (compression as TopK | null)?.kind === 'top-k';
}

function invalid(what: string, expected: string, received: string): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
