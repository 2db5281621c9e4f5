/** The networks by the names that scripts and command lines use. */
import type { LayersModel } from '@tensorflow/tfjs';
import { nearestNames } from '../../math/nearest-names.js';
import { invalid } from '../problem.js';
import type { ImageModelOptions } from './options.js';
import { resnet20 } from './resnet20.js';
import { resnet50 } from './resnet50.js';
import { perceptron, smallConvNet } from './small.js';

const MAKERS = { perceptron, smallConvNet, resnet20, resnet50 };

export type ModelName = keyof typeof MAKERS;

/** All names that `modelNamed` takes. */
export const modelNames = Object.keys(MAKERS) as ModelName[];

/**
 * The network of a name, for images.
 * @throws VALUE_INVALID with the nearest names, and what the network throws
 */
export async function modelNamed(
  name: string,
  options: ImageModelOptions = {}
): Promise<LayersModel> {
  if (Object.hasOwn(MAKERS, name)) return MAKERS[name as ModelName](options);
  const near = nearestNames(name, modelNames);
  const names = (near.length > 0 ? near : modelNames).join(', ');
  throw invalid('modelNamed', `one of ${names}`, name);
}

/** How many numbers of a network are trained. Moving statistics of batch normalisation are not. */
export function parameterCount(model: LayersModel): number {
  return model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, entry) => product * (entry ?? 1), 1);
}
