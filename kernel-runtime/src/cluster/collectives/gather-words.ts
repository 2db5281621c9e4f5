/** The words of cells that put the values of several ranks together. */
import type { CallOptions, Value } from '../../mathematics/communicator/communicator.js';
import type { NeighborAllgatherOptions } from '../../mathematics/communicator/options.js';
import type { Packable } from '../../mathematics/communicator/packable.js';
import { speaker } from './speaker.js';

/**
 * The values of all ranks one behind the other along the first dimension, by rank. First dimensions may differ.
 * @param x a vector, Matrix or tensor, or records and lists of them
 * @returns vectors behind each other, matrices and tensors below each other
 * @throws VALUE_INVALID for a single number, DISAGREEMENT for other dimensions or types; and as neighborAllreduce
 */
export async function allgather<T extends Value>(x: T, options?: CallOptions): Promise<T> {
  return speaker('allgather').allgather(x, options);
}

/**
 * As `allgather`, of the in-neighbours only: by rank, or in the order of `srcRanks`. This rank's own value is not in it.
 * @param options `srcRanks` and `dstRanks` together name other ranks than those of the topology
 * @throws as allgather
 */
export async function neighborAllgather<T extends Value>(
  x: T,
  options?: NeighborAllgatherOptions
): Promise<T> {
  return speaker('neighborAllgather').neighborAllgather(x, options);
}

/**
 * The parameters of `rootRank`, on every rank: new arrays or tensors.
 * @param parameters a record or list of arrays, matrices or tensors, at any depth; or a model, all of whose weights are
 * written, those that are not trained too
 * @throws VALUE_INVALID for anything else; and as neighborAllreduce
 */
export async function broadcastParameters<T extends Value>(
  parameters: T,
  rootRank: number,
  options?: CallOptions
): Promise<T> {
  return speaker('broadcastParameters').broadcastParameters(parameters, rootRank, options);
}

/** The average of all ranks' parameters: new arrays or tensors. @throws as broadcastParameters */
export async function allreduceParameters<T extends Value>(
  parameters: T,
  options?: CallOptions
): Promise<T> {
  return speaker('allreduceParameters').allreduceParameters(parameters, options);
}

/**
 * The optimizer state of `rootRank`, on every rank: a record that may hold single numbers too, or a `DistributedOptimizer`,
 * which takes it on with the model, also on a rank that has just begun. @throws as broadcastParameters
 */
export async function broadcastOptimizerState<T extends Value | Packable>(
  state: T,
  rootRank: number,
  options?: CallOptions
): Promise<T> {
  return speaker('broadcastOptimizerState').broadcastOptimizerState(state, rootRank, options);
}
