/** The word of cells that begins the training of a model: over this engine's communicator. */
import { speaker } from '../collectives/speaker.js';
import type { Algorithm } from '../../mathematics/optim/algorithm.js';
import {
  optimizerOf,
  type DistributedOptimizer
} from '../../mathematics/optim/models/distributed-optimizer.js';
import type { DistributedOptions, Trainable } from '../../mathematics/optim/models/options.js';

/** On engines the communicator is theirs. */
export type DistributedOptimizerOptions = Omit<DistributedOptions, 'communicator'> &
  Partial<Pick<DistributedOptions, 'communicator'>>;

/**
 * The optimizer of a TensorFlow.js model, for training it together with the other ranks. Every rank makes one, of equal
 * models, which begin with the weights of rank 0; each `await optimizer.minimize(() => loss)` is one step of the algorithm.
 * @param model a tf.LayersModel, or a list of tf.Variable
 * @param algorithm `decentlam({ gamma })` and the others, `adaptThenCombine(adam({ gamma }))`, …, or a { init, step } of your own
 * @param options graph, local steps, weight decay, statistics of batch normalization; in `simulate`, the communicator
 * @throws DISAGREEMENT if the ranks' models differ in shape; MODEL_EMPTY for one without trainable variables; VALUE_INVALID
 * @throws NOT_ON_ENGINE in a client cell, unless a communicator is given
 */
export async function distributedOptimizer(
  model: Trainable,
  algorithm: Algorithm,
  options: DistributedOptimizerOptions = {}
): Promise<DistributedOptimizer> {
  const { communicator = speaker('distributedOptimizer') } = options;
  return optimizerOf(model, algorithm, { ...options, communicator });
}
