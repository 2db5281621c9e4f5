/** Which weights one neighborAllreduce uses: those of the topology, or those of the call. */
import { DecentLabError } from '../../errors.js';
import type { NeighborAllreduceOptions, WeightsByRank } from './communicator.js';

/** One exchange as one rank sees it. */
export interface ExchangePlan {
  selfWeight: number;
  /** w_ij by source rank, ascending; a weight 0 is received and left out of the sum. */
  sources: readonly (readonly [rank: number, weight: number])[];
  /** The factor that x is multiplied by before it is sent, by destination rank, ascending. */
  destinations: readonly (readonly [rank: number, factor: number])[];
  /** Whether the call named its destinations, so that the ranks must agree anew. */
  isDynamic: boolean;
}

/** What the topology says to one rank: its row of W without zeros, and who waits for it. */
export interface Neighbourhood {
  readonly rank: number;
  readonly size: number;
  /** w_ii */
  readonly selfWeight: number;
  /** The in-neighbours, ascending, and w_ij of each. */
  readonly sources: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  /** The out-neighbours, ascending. */
  readonly destinations: ArrayLike<number>;
}

/** The plan of a call without weights of its own. */
export function topologyPlan(near: Neighbourhood): ExchangePlan {
  const { selfWeight, weights } = near;
  return {
    selfWeight,
    sources: Array.from(near.sources, (j, k) => [j, weights[k]] as const),
    destinations: Array.from(near.destinations, j => [j, 1] as const),
    isDynamic: false
  };
}

/**
 * The plan of one call.
 * @throws VALUE_INVALID if `selfWeight` and `srcWeights` are not given together, if `dstWeights` come without them,
 *   or if a rank is none, or no neighbour in a call without `dstWeights`
 */
export function planExchange(
  near: Neighbourhood,
  options: NeighborAllreduceOptions = {}
): ExchangePlan {
  const { selfWeight, srcWeights, dstWeights } = options;
  if ((selfWeight === undefined) !== (srcWeights === undefined)) {
    throw invalid(
      'selfWeight and srcWeights',
      'both or neither',
      selfWeight === undefined ? 'srcWeights only' : 'selfWeight only'
    );
  }
  if (dstWeights !== undefined && srcWeights === undefined) {
    throw invalid('dstWeights', 'selfWeight and srcWeights beside it', 'dstWeights only');
  }
  if (selfWeight === undefined || srcWeights === undefined) return topologyPlan(near);
  if (!Number.isFinite(selfWeight))
    throw invalid(`selfWeight on rank ${near.rank}`, 'a finite number', selfWeight);
  const given = byRank(srcWeights);
  if (dstWeights !== undefined) {
    assertRanks('srcWeights', given, near);
    const destinations = destinationsOf(dstWeights);
    assertRanks('dstWeights', destinations, near);
    return { selfWeight, sources: given, destinations, isDynamic: true };
  }
  const inNeighbors = Array.from(near.sources);
  assertRanks('srcWeights', given, near, inNeighbors);
  const weightOf = new Map(given);
  const sources = inNeighbors.map(j => [j, weightOf.get(j) ?? 0] as const);
  return { ...topologyPlan(near), selfWeight, sources };
}

function destinationsOf(dst: readonly number[] | WeightsByRank): (readonly [number, number])[] {
  if (!Array.isArray(dst)) return byRank(dst);
  return [...(dst as readonly number[])].sort((a, b) => a - b).map(rank => [rank, 1] as const);
}

/** The pairs of a record or a map, ascending. */
export function byRank(weights: WeightsByRank): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = isMap(weights)
    ? [...weights]
    : Object.entries(weights).map(([rank, weight]) => [Number(rank), weight] as const);
  return pairs.sort(([a], [b]) => a - b);
}

function isMap(weights: WeightsByRank): weights is ReadonlyMap<number, number> {
  return weights instanceof Map;
}

function assertRanks(
  what: string,
  pairs: readonly (readonly [number, number])[],
  near: Neighbourhood,
  neighbours?: readonly number[]
): void {
  pairs.forEach(([rank, weight], k) => {
    const isRank = Number.isInteger(rank) && rank >= 0 && rank < near.size && rank !== near.rank;
    if (!isRank)
      throw invalid(`${what} on rank ${near.rank}`, `other ranks below ${near.size}`, rank);
    // They are sorted, so that a rank named twice stands beside itself.
    if (k > 0 && pairs[k - 1][0] === rank)
      throw invalid(`${what} on rank ${near.rank}`, 'every rank once', `rank ${rank} twice`);
    if (!Number.isFinite(weight))
      throw invalid(`${what}[${rank}] on rank ${near.rank}`, 'a finite number', weight);
    if (neighbours && !neighbours.includes(rank)) {
      const expected = `in-neighbours, here [${neighbours.join(', ')}] (or give dstWeights on every rank)`;
      throw invalid(`${what} on rank ${near.rank}`, expected, rank);
    }
  });
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
