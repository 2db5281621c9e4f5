/** Which ranks a window operation touches and with which weights: those of the call, or those of the topology. */
import { DecentLabError } from '../../../errors.js';
import type { WeightsByRank } from '../communicator.js';
import { assertWeights, byRank, type Neighbourhood } from '../weights.js';
import type { WinMutexOptions } from './one-sided.js';
import type { UpdateOptions } from './room.js';
import type { Sum } from './window.js';

export type Pairs = readonly (readonly [rank: number, weight: number])[];

/** The call and the argument of it, for errors. */
export interface Argument {
  /** The operation, the window and the rank, e.g. `winPut "x" on rank 2`. */
  readonly call: string;
  readonly argument: string;
}

/**
 * Ranks with factors, ascending: a list has factor 1 everywhere, nothing means all of `allowed`.
 * @throws VALUE_INVALID for a rank that is not allowed or named twice, or a factor that is no finite number
 */
export function weightedRanks(
  given: readonly number[] | WeightsByRank | undefined,
  allowed: ArrayLike<number>,
  { call, argument }: Argument
): Pairs {
  if (given === undefined) return Array.from(allowed, rank => [rank, 1] as const);
  assertWeights(`${call}, ${argument}`, given, { mayBeList: true });
  const pairs = isList(given)
    ? [...given].sort((a, b) => a - b).map(rank => [rank, 1] as const)
    : byRank(given);
  const ranks = Array.from(allowed);
  pairs.forEach(([rank, weight], k) => {
    const kind = argument === 'dstWeights' ? 'out-neighbours' : 'in-neighbours';
    if (!ranks.includes(rank))
      throw invalid(`${call}, ${argument}`, `${kind}, here [${ranks.join(', ')}]`, rank);
    if (k > 0 && pairs[k - 1][0] === rank)
      throw invalid(`${call}, ${argument}`, 'every rank once', `rank ${rank} twice`);
    assertFinite(`${call}, ${argument}[${rank}]`, weight);
  });
  return pairs;
}

/** The own factor. @throws VALUE_INVALID if it is no finite number */
export function selfWeightOf(given: number | undefined, call: string): number {
  const weight = given === undefined ? 1 : given;
  assertFinite(`${call}, selfWeight`, weight);
  return weight;
}

/** The weights of an update: both of the call, 1 for a collection, or the row of W. @throws VALUE_INVALID for one alone */
export function updateWeights(
  { selfWeight, neighborWeights, collect }: UpdateOptions,
  near: Neighbourhood,
  call: string
): Pick<Sum, 'selfWeight' | 'weights'> {
  if (collect) return { selfWeight: 1, weights: Array.from(near.sources, j => [j, 1] as const) };
  if (selfWeight === undefined && neighborWeights === undefined) {
    const weights = Array.from(near.sources, (j, k) => [j, near.weights[k]] as const);
    return { selfWeight: near.selfWeight, weights };
  }
  if (selfWeight === undefined || neighborWeights === undefined) {
    const received = selfWeight === undefined ? 'neighborWeights only' : 'selfWeight only';
    throw invalid(`${call}, selfWeight and neighborWeights`, 'both or neither', received);
  }
  const argument = 'neighborWeights';
  return {
    selfWeight: selfWeightOf(selfWeight, call),
    weights: weightedRanks(neighborWeights, near.sources, { call, argument })
  };
}

/** The ranks whose mutexes are asked for, ascending: everyone asks in this order, so that no two wait for each other. */
export function mutexRanks(
  { forSelf = false, ranks }: WinMutexOptions,
  near: Neighbourhood,
  call: string
): number[] {
  const others = ranks ?? (forSelf ? [] : Array.from(near.destinations));
  const isListed: boolean = Array.isArray(others);
  if (!isListed) throw invalid(`${call}, ranks`, 'a list of ranks', others);
  for (const rank of others) {
    if (Number.isInteger(rank) && rank >= 0 && rank < near.size) continue;
    throw invalid(`${call}, ranks`, `ranks from 0 to ${near.size - 1}`, rank);
  }
  return [...new Set([...others, ...(forSelf ? [near.rank] : [])])].sort((a, b) => a - b);
}

function isList(given: readonly number[] | WeightsByRank): given is readonly number[] {
  return Array.isArray(given);
}

function assertFinite(what: string, weight: unknown): void {
  if (!Number.isFinite(weight)) throw invalid(what, 'a finite number', weight);
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
