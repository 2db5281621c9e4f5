/** Which weights one neighborAllreduce uses: those of the topology, or those of the call. */
import { DecentLabError } from '../../errors.js';
import type { NeighborAllreduceOptions, WeightsByRank } from './communicator.js';
import type { HierarchicalOptions } from './options.js';

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

/** Whether a rank of this plan only receives, or only sends and gets its own numbers back. */
export function isOneSided({ selfWeight, sources, destinations }: ExchangePlan): boolean {
  const keepsItsOwn = selfWeight === 1 && sources.every(([, weight]) => weight === 0);
  return destinations.length === 0 || keepsItsOwn;
}

/** What the options of a call are called, and what they number. */
export interface PlanWords {
  readonly self: string;
  readonly src: string;
  readonly dst: string;
  readonly unit: 'rank' | 'machine';
}

const BY_RANK: PlanWords = {
  self: 'selfWeight',
  src: 'srcWeights',
  dst: 'dstWeights',
  unit: 'rank'
};

/**
 * The plan of one call.
 * @throws VALUE_INVALID if `selfWeight` and `srcWeights` are not given together, if `dstWeights` come without them,
 *   or if a rank is none, or no neighbour in a call without `dstWeights`
 */
export function planExchange(
  near: Neighbourhood,
  options: Pick<NeighborAllreduceOptions, 'selfWeight' | 'srcWeights' | 'dstWeights'> = {},
  words: PlanWords = BY_RANK
): ExchangePlan {
  const { selfWeight, srcWeights, dstWeights } = options;
  assertTogether(options, words);
  if (selfWeight === undefined || srcWeights === undefined) return topologyPlan(near);
  const where = `on ${words.unit} ${near.rank}`;
  if (!Number.isFinite(selfWeight))
    throw invalid(`${words.self} ${where}`, 'a finite number', selfWeight);
  assertWeights(`${words.src} ${where}`, srcWeights);
  const given = byRank(srcWeights);
  assertRanks(words.src, given, near, words.unit);
  if (dstWeights !== undefined) {
    assertWeights(`${words.dst} ${where}`, dstWeights, { mayBeList: true });
    const destinations = destinationsOf(dstWeights);
    assertRanks(words.dst, destinations, near, words.unit);
    return { selfWeight, sources: given, destinations, isDynamic: true };
  }
  const inNeighbors = Array.from(near.sources);
  const stranger = given.find(([rank]) => !inNeighbors.includes(rank));
  if (stranger) {
    const expected = `in-neighbours, here [${inNeighbors.join(', ')}] (or give ${words.dst} on every rank)`;
    throw invalid(`${words.src} ${where}`, expected, stranger[0]);
  }
  const weightOf = new Map(given);
  const sources = inNeighbors.map(j => [j, weightOf.get(j) ?? 0] as const);
  return { ...topologyPlan(near), selfWeight, sources };
}

const BY_MACHINE: PlanWords = {
  self: 'selfWeight',
  src: 'srcMachineWeights',
  dst: 'dstMachineWeights',
  unit: 'machine'
};

/**
 * The plan of one exchange between machines, which `near` numbers.
 * @throws VALUE_INVALID for one or two of the three weights; and as planExchange
 */
export function planMachines(near: Neighbourhood, options: HierarchicalOptions): ExchangePlan {
  const { selfWeight, srcMachineWeights, dstMachineWeights } = options;
  const given = { selfWeight, srcMachineWeights, dstMachineWeights };
  const names = Object.entries(given).filter(([, weight]) => weight !== undefined);
  if (names.length === 1 || names.length === 2) {
    const received = `${names.map(([name]) => name).join(' and ')} only`;
    throw invalid(Object.keys(given).join(', '), 'all three or none', received);
  }
  const weights = { selfWeight, srcWeights: srcMachineWeights, dstWeights: dstMachineWeights };
  return planExchange(near, weights, BY_MACHINE);
}

/**
 * Sees that ranks are ranks, named once, and other than this one.
 * @param what the option that named them
 * @throws VALUE_INVALID
 */
export function assertRanks(
  what: string,
  pairs: readonly (readonly [number, number])[],
  near: Pick<Neighbourhood, 'rank' | 'size'>,
  unit: PlanWords['unit'] = 'rank'
): void {
  const where = `on ${unit} ${near.rank}`;
  const seen = new Set<number>();
  for (const [rank, weight] of pairs) {
    const isRank = Number.isInteger(rank) && rank >= 0 && rank < near.size && rank !== near.rank;
    if (!isRank) throw invalid(`${what} ${where}`, `other ${unit}s below ${near.size}`, rank);
    if (seen.has(rank))
      throw invalid(`${what} ${where}`, `every ${unit} once`, `${unit} ${rank} twice`);
    if (!Number.isFinite(weight))
      throw invalid(`${what}[${rank}] ${where}`, 'a finite number', weight);
    seen.add(rank);
  }
}

/** @throws VALUE_INVALID for what is no rank below `size` */
export function assertRank(what: string, rank: unknown, size: number): void {
  const isRank = Number.isInteger(rank) && (rank as number) >= 0 && (rank as number) < size;
  if (!isRank) throw invalid(what, `a rank from 0 to ${size - 1}`, rank);
}

/** Sees that weights are what can hold weights. @throws VALUE_INVALID */
export function assertWeights(
  what: string,
  given: unknown,
  { mayBeList = false }: { mayBeList?: boolean } = {}
): void {
  if (Array.isArray(given) ? mayBeList : given instanceof Map || isRecord(given)) return;
  const kinds = 'a record { rank: weight } or a map';
  throw invalid(what, mayBeList ? `a list of ranks, ${kinds}` : kinds, given);
}

function assertTogether(
  { selfWeight, srcWeights, dstWeights }: NeighborAllreduceOptions,
  { self, src, dst }: PlanWords
): void {
  if ((selfWeight === undefined) !== (srcWeights === undefined)) {
    const only = selfWeight === undefined ? src : self;
    throw invalid(`${self} and ${src}`, 'both or neither', `${only} only`);
  }
  if (dstWeights !== undefined && srcWeights === undefined) {
    throw invalid(dst, `${self} and ${src} beside it`, `${dst} only`);
  }
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

/** Made by `{…}`: a set or a typed array has entries of another meaning, or none. */
export function isRecord(given: unknown): given is Record<string, unknown> {
  if (typeof given !== 'object' || given === null) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isMap(weights: WeightsByRank): weights is ReadonlyMap<number, number> {
  return weights instanceof Map;
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
