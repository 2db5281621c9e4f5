/** How the variables of a model lie in its vector, for methods that treat each layer by itself. */
import { trainable } from '../../communicator/flat.js';
import { modelOf, type Trainable } from './options.js';

/**
 * The entries of each trainable variable, in the order of the vector: `pmsgdLars({ gamma, layers: layerSizes(model) })`.
 * @throws MODEL_EMPTY, VALUE_INVALID
 */
export function layerSizes(model: Trainable): number[] {
  return trainable(modelOf(model), 'layerSizes: the model').parameters.map(({ size }) => size);
}
