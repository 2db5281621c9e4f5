/** The binary files of CIFAR-10 as they are published: records of a label, a red, a green and a blue plane. */
import { readFileSync } from 'node:fs';
import type { ImageSet } from '../images.js';
import { damaged } from './image-file.js';

/** The classes of CIFAR-10, by label; as folder names they stand in the same order. */
export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck'
] as const;

/** Pixels a side. */
export const CIFAR_SIDE = 32;
const CHANNELS = 3;
const PLANE = CIFAR_SIDE * CIFAR_SIDE;
/** Bytes of one image with its label. */
export const CIFAR_RECORD = 1 + CHANNELS * PLANE;

/** The folder in which the files are published. */
export const CIFAR_FOLDER = 'cifar-10-batches-bin';

/** The names of the files, by set. */
export const cifar10Files = {
  train: [1, 2, 3, 4, 5].map(batch => `data_batch_${batch}.bin`),
  test: ['test_batch.bin']
} as const;

/**
 * The images of the files, in their order.
 * @param mostPerClass at most so many images a class, the first ones
 * @throws FILE_INVALID for a file of another size than whole records, or a label above 9
 */
export function readCifar10(paths: readonly string[], mostPerClass: number): ImageSet {
  const seen = cifar10Classes.map(() => 0);
  const isFull = (): boolean => seen.every(count => count >= mostPerClass);
  // Files after the last one that is needed are not read.
  const kept = paths.flatMap(path =>
    isFull() ? [] : recordsOf(path).filter(record => seen[record[0]]++ < mostPerClass)
  );
  const pixels = new Uint8Array(kept.length * CHANNELS * PLANE);
  kept.forEach((record, image) => {
    for (let p = 0; p < PLANE; p++) {
      for (let channel = 0; channel < CHANNELS; channel++)
        pixels[(image * PLANE + p) * CHANNELS + channel] = record[1 + channel * PLANE + p];
    }
  });
  return {
    ...{ count: kept.length, side: CIFAR_SIDE, channels: CHANNELS, pixels },
    ...{ labels: Uint8Array.from(kept, record => record[0]), classNames: cifar10Classes }
  };
}

/** One record of the files: `rgb` has the channels of a pixel side by side. */
export function cifar10Record(label: number, rgb: ArrayLike<number>): Uint8Array {
  const record = new Uint8Array(CIFAR_RECORD);
  record[0] = label;
  for (let p = 0; p < PLANE; p++) {
    for (let channel = 0; channel < CHANNELS; channel++)
      record[1 + channel * PLANE + p] = rgb[p * CHANNELS + channel];
  }
  return record;
}

function recordsOf(path: string): Uint8Array[] {
  const content = readFileSync(path);
  if (content.length === 0 || content.length % CIFAR_RECORD !== 0)
    throw damaged(path, `records of ${CIFAR_RECORD} bytes`, `${content.length} bytes`);
  return Array.from({ length: content.length / CIFAR_RECORD }, (_, k) => {
    const record = content.subarray(k * CIFAR_RECORD, (k + 1) * CIFAR_RECORD);
    if (record[0] >= cifar10Classes.length)
      throw damaged(path, `labels from 0 to 9 (image ${k})`, record[0]);
    return record;
  });
}
