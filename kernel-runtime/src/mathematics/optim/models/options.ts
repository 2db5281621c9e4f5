/** The options of training a model, and the models it takes. */
import type { Communicator } from '../../communicator/communicator.js';
import { isModel, type ModelLike, type VariableLike } from '../../communicator/flat.js';
import { DecentLabError } from '../../../errors.js';
import type { Schedule } from '../../graph/schedules.js';
import type { Topology } from '../../graph/topology.js';
import { isTensor } from '../../tensor/tensorflow.js';
import type { Algorithm } from '../algorithm.js';

/** A model of TensorFlow.js layers, or the variables of one that is written with its operations. */
export type Trainable = ModelLike | readonly VariableLike[];

export interface DistributedOptions {
  /** This rank's view of the network. On engines: theirs. */
  communicator: Communicator;
  /** The graph: one topology, or a schedule. Defaults to the communicator's own. */
  topology?: Topology | Schedule;
  /** Local steps: neighbours exchange in every so many-th step. A schedule counts the exchanges. Defaults to 1. */
  stepsPerCommunication?: number;
  /** δ: each gradient becomes that of loss + ½ δ ‖x‖². Defaults to 0. */
  weightDecay?: number;
  /** Which variables decay, by name and shape. Defaults to all. */
  decays?: (name: string, shape: readonly number[]) => boolean;
  /** The moving statistics of batch normalization: of each rank, or averaged as the parameters are. Defaults to `'local'`. */
  statistics?: 'local' | 'averaged';
  /** Whose weights all ranks begin with; null: each with its own, which is wrong for methods that average gradients. Defaults to 0. */
  rootRank?: number | null;
}

/** A model of variables and one of layers alike. @throws VALUE_INVALID for anything else */
export function modelOf(given: Trainable): ModelLike {
  if (isModel(given)) return given;
  if (isVariables(given)) return { trainableWeights: given, nonTrainableWeights: [] };
  const [what, expected] = [
    'distributedOptimizer, model',
    'a tf.LayersModel or a list of tf.Variable'
  ];
  const received = Array.isArray(given) ? 'a list of other values' : typeof given;
  throw new DecentLabError('VALUE_INVALID', { what, expected, received });
}

function isVariables(given: unknown): given is readonly VariableLike[] {
  return Array.isArray(given) && given.every(item => isTensor(item) && 'assign' in item);
}

/**
 * A projection after each step would let the model leave the x of the algorithm, without a word.
 * @throws VALUE_INVALID for a variable that has one
 */
export function assertUnconstrained({ trainableWeights }: ModelLike): void {
  const constrained = trainableWeights.find(weight => 'constraint' in weight && weight.constraint);
  if (!constrained) return;
  throw new DecentLabError('VALUE_INVALID', {
    what: `distributedOptimizer, ${constrained.name}`,
    expected: 'a variable without a constraint (add a penalty to the loss instead)',
    received: 'one with a constraint'
  });
}

/** @throws VALUE_INVALID for options that cannot be, alone or with this algorithm */
export function assertOptions(algorithm: Algorithm, options: DistributedOptions): void {
  const { stepsPerCommunication = 1, weightDecay = 0, statistics = 'local' } = options;
  if (!(Number.isFinite(weightDecay) && weightDecay >= 0))
    throw invalid('weightDecay', 'a number >= 0', weightDecay);
  if (statistics !== 'local' && statistics !== 'averaged')
    throw invalid('statistics', "'local' or 'averaged'", statistics);
  if (!(Number.isInteger(stepsPerCommunication) && stepsPerCommunication >= 1))
    throw invalid('stepsPerCommunication', 'a whole number >= 1', stepsPerCommunication);
  if (algorithm.averagesGradients && stepsPerCommunication > 1) {
    const expected = `1 with ${algorithm.name}, which averages gradients: give minimize a list of ${stepsPerCommunication} losses instead`;
    throw invalid('stepsPerCommunication', expected, stepsPerCommunication);
  }
}

function invalid(option: string, expected: string, received: unknown): DecentLabError {
  const what = `distributedOptimizer, ${option}`;
  return new DecentLabError('VALUE_INVALID', { what, expected, received });
}
