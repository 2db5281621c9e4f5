/** The sums of an exchange, in one fixed order: the same bits whatever arrived first, on engines and in the simulator. */
import { DecentLabError } from '../../errors.js';
import type { LeafData } from './values.js';
import type { ExchangePlan } from './weights.js';
import { weightedSum, type Term } from './weighted-sum.js';

export interface Weighted {
  readonly weight: number;
  readonly data: LeafData;
}

/**
 * w_ii x_i + Σ_j w_ij x_j: self first, then the neighbours in the order given, which is by rank, ascending. Every term
 * is added in the precision of the result, so that float32 sums are rounded after each. If all weights are 1/(k + 1),
 * self included, the terms are summed and divided once, so that the average of equal numbers is that number exactly.
 * @param parts k neighbours by rank ascending, of the same length and type as `self`
 * @param out of the length and type of `self`, which it may be, and no part. Defaults to a new array
 * @returns `out`
 * @throws VALUE_INVALID if whole-number data meets a weight that is no whole number
 */
export function combine(self: Weighted, parts: readonly Weighted[], out?: LeafData): LeafData {
  const terms = [self, ...parts];
  for (const { weight } of terms) assertWeightFits(self.data, weight);
  if (!isPlainAverage(terms.map(({ weight }) => weight))) return sumOf(terms, out);
  const shares = terms.map(({ data }) => ({ weight: 1, data }));
  const sum = sumOf(shares, out);
  divide(sum, terms.length);
  return sum;
}

/**
 * The weighted sums of an exchange, array by array: self first, then the sources; what weighs nothing is left out.
 * @param outs where they go, as in `combine`
 */
export function weigh(
  { selfWeight, sources }: ExchangePlan,
  own: readonly LeafData[],
  received: readonly (readonly LeafData[])[],
  outs: readonly (LeafData | undefined)[] = []
): LeafData[] {
  return own.map((data, l) => {
    const parts = sources.map(([, weight], s) => ({ weight, data: received[s][l] }));
    const counted = parts.filter(({ weight }) => weight !== 0);
    return combine({ weight: selfWeight, data }, counted, outs[l]);
  });
}

/** What is sent with a factor; the arrays themselves if it is 1. */
export function scaled(datas: readonly LeafData[], factor: number): readonly LeafData[] {
  return factor === 1 ? datas : datas.map(data => combine({ weight: factor, data }, []));
}

/** Whether all weights are 1 over their number, to rounding. */
export function isPlainAverage(weights: readonly number[]): boolean {
  const { length } = weights;
  const isShare = (weight: number): boolean => Math.abs(weight * length - 1) <= 4 * Number.EPSILON;
  return length > 1 && weights.every(isShare);
}

function sumOf(terms: readonly Weighted[], out?: LeafData): LeafData {
  const [{ weight: ownWeight, data: own }, ...others] = terms;
  if (own instanceof Float64Array) {
    const sum = (out as Float64Array | undefined) ?? new Float64Array(own.length);
    weightedSum(terms as readonly Term[], sum);
    return sum;
  }
  const sum = out ?? own.slice();
  for (let i = 0; i < sum.length; i++) sum[i] = ownWeight * own[i];
  for (const { weight, data } of others) {
    for (let i = 0; i < sum.length; i++) sum[i] += weight * data[i];
  }
  return sum;
}

function divide(sum: LeafData, divisor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] /= divisor;
}

/**
 * (Σ_j x_j) / divisor: the sum by rank, ascending, then one division.
 * @param datas one array a rank, of one length and type
 * @param divisor the number of ranks for an average, 1 for a sum
 * @throws VALUE_INVALID for the average of whole-number data
 */
export function sumByRank(datas: readonly LeafData[], divisor: number): LeafData {
  const [first, ...others] = datas;
  assertWeightFits(first, 1 / divisor);
  const out = first.slice();
  for (const data of others) {
    for (let i = 0; i < out.length; i++) out[i] += data[i];
  }
  if (divisor !== 1) divide(out, divisor);
  return out;
}

/** A third of an int32 would be cut off in silence. */
function assertWeightFits(data: LeafData, weight: number): void {
  if (data instanceof Int32Array && !Number.isInteger(weight)) {
    throw new DecentLabError('VALUE_INVALID', {
      what: 'The exchanged value',
      expected: 'float64 or float32 numbers where weights are fractions',
      received: `int32 numbers and the weight ${weight}`
    });
  }
}
