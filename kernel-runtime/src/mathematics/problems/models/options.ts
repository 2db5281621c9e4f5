/** What the networks for images have in common: the shape of an image, and the classes. */
import { assertCount, invalid } from '../problem.js';
import type { WeightOptions } from './layers.js';

export interface ImageModelOptions extends WeightOptions {
  /** Pixels a side. Defaults to 32, and to 224 of resnet50. */
  side?: number;
  /** Numbers a pixel: 1 for grey, 3 for colour. Defaults to 3. */
  channels?: number;
  /** Defaults to 10, and to 1,000 of resnet50. */
  classes?: number;
}

type Images = Required<Pick<ImageModelOptions, 'side' | 'channels' | 'classes'>>;

/**
 * The shape of images and the number of classes, once they are seen to be possible.
 * @throws VALUE_INVALID naming the model and the option
 */
export function checkedImages(
  model: string,
  { side = 32, channels = 3, classes = 10, weights = 'random' }: ImageModelOptions,
  { multipleOf }: { multipleOf: number }
): Images {
  assertCount(`${model}, side`, side, multipleOf);
  if (side % multipleOf !== 0) throw invalid(`${model}, side`, `a multiple of ${multipleOf}`, side);
  assertCount(`${model}, channels`, channels, 1);
  assertCount(`${model}, classes`, classes, 2);
  if (weights !== 'random' && weights !== 'zeros')
    throw invalid(`${model}, weights`, "'random' or 'zeros'", weights);
  return { side, channels, classes };
}
