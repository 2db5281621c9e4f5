/** How a data set is dealt out to n nodes: by class, at random, or anything between. */
import { DecentLabError } from '../../errors.js';
import { random } from '../math/random.js';

export interface ShareOptions {
  /** Nodes. */
  n: number;
  /** 1: sorted by class and cut into n pieces; 0: at random; between: that part by class. Defaults to 1. */
  heterogeneity?: number;
  /** Of the random part. Defaults to 0. */
  seed?: number;
}

/**
 * The indices that each node holds. Every index is dealt once; the shares differ by two samples at most.
 * @throws VALUE_INVALID for a heterogeneity outside 0 … 1, or more nodes than samples
 */
export function dealByClass(
  labels: ArrayLike<number>,
  { n, heterogeneity = 1, seed = 0 }: ShareOptions
): number[][] {
  if (!(heterogeneity >= 0 && heterogeneity <= 1)) {
    throw invalid('heterogeneity', 'a number from 0 to 1', heterogeneity);
  }
  if (!Number.isInteger(n) || n < 1 || n > labels.length) {
    throw invalid('n', `a whole number from 1 to ${labels.length}, the samples`, n);
  }
  const order = random(seed).permutation(labels.length);
  const sorted = order
    .splice(0, Math.round(heterogeneity * labels.length))
    .sort((a, b) => labels[a] - labels[b] || a - b);
  const [bySort, byChance] = [cut(sorted, n), cut(order, n)];
  return bySort.map((share, rank) => [...share, ...byChance[rank]]);
}

function cut(indices: readonly number[], n: number): number[][] {
  const edge = (rank: number): number => Math.round((rank * indices.length) / n);
  return Array.from({ length: n }, (_, rank) => indices.slice(edge(rank), edge(rank + 1)));
}

function invalid(what: string, expected: string, received: number): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: `dealByClass, ${what}`, expected, received });
}
