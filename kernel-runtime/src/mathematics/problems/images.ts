/** Sets of labelled images of one size, and their pixels as features. */
import { assertCount, invalid } from './problem.js';

/** Images of one set, as stored: bytes 0 … 255, row by row, the channels of a pixel side by side. */
export interface ImageSet {
  readonly count: number;
  /** Pixels a row, and rows. */
  readonly side: number;
  /** Numbers a pixel: 1 for grey, 3 for colour. Defaults to 1. */
  readonly channels?: number;
  /** count x side x side x channels. */
  readonly pixels: Uint8Array;
  /** The class of each image, 0, 1, … */
  readonly labels: Uint8Array;
  /** What the classes are called, by label. Defaults to the numbers. */
  readonly classNames?: readonly string[];
}

export interface FeatureOptions {
  /** Averages squares of this many pixels a side: 2 makes 14 x 14 of 28 x 28. Defaults to 1, the images as they are. */
  pool?: 1 | 2 | 4;
}

/**
 * The set with its first images only; nothing is copied. `count` defaults to all.
 * @throws VALUE_INVALID for a count below 1, or more images than there are
 */
export function firstImages(set: ImageSet, count = set.count): ImageSet {
  assertCount('images, count', count, 1);
  if (count > set.count) throw invalid('images, count', `at most ${set.count}, the images`, count);
  const size = set.pixels.length / set.count;
  return {
    ...set,
    count,
    pixels: set.pixels.subarray(0, count * size),
    labels: set.labels.subarray(0, count)
  };
}

/**
 * The chosen images as rows of numbers from 0 to 1, and a last column of ones for the bias.
 * @returns indices.length x ((side / pool)² · channels + 1) numbers, row by row
 * @throws VALUE_INVALID for a pool that does not divide the side
 */
export function featuresOf(
  set: ImageSet,
  indices: ArrayLike<number>,
  { pool = 1 }: FeatureOptions = {}
): Float32Array {
  const places = placesOf(set, pool);
  const columns = featureCount(set, pool);
  const out = new Float32Array(indices.length * columns).fill(0);
  const unit = 1 / (255 * pool * pool);
  for (let row = 0; row < indices.length; row++) {
    const image = indices[row] * places.length;
    const start = row * columns;
    for (let p = 0; p < places.length; p++) out[start + places[p]] += set.pixels[image + p] * unit;
    out[start + columns - 1] = 1;
  }
  return out;
}

/** Columns of `featuresOf`: pixels and the bias. */
export function featureCount({ side, channels = 1 }: ImageSet, pool = 1): number {
  return (side / pool) ** 2 * channels + 1;
}

/** The mean of every pixel over all images of the set, 0 … 1; 0 for the bias column. About 60 ms for MNIST's training set. */
export function meanImage(set: ImageSet, { pool = 1 }: FeatureOptions = {}): Float32Array {
  const places = placesOf(set, pool);
  const size = places.length;
  const sums = new Float64Array(size);
  for (let offset = 0; offset < set.count * size; offset += size) {
    for (let p = 0; p < size; p++) sums[p] += set.pixels[offset + p];
  }
  const mean = new Float32Array(featureCount(set, pool));
  for (let p = 0; p < size; p++) mean[places[p]] += sums[p] / (set.count * 255 * pool * pool);
  return mean;
}

/** The column of every number of an image. */
function placesOf({ side, channels = 1 }: ImageSet, pool: number): Uint32Array {
  if (!Number.isInteger(pool) || pool < 1 || side % pool !== 0)
    throw invalid('pool', `a divisor of the side, ${side}`, pool);
  const width = side / pool;
  return Uint32Array.from({ length: side * side * channels }, (_, p) => {
    const [pixel, channel] = [Math.floor(p / channels), p % channels];
    const [r, c] = [Math.floor(pixel / side), pixel % side];
    return (Math.floor(r / pool) * width + Math.floor(c / pool)) * channels + channel;
  });
}
