/** Batches of images for a training: shuffled, augmented and scaled in threads, each a function of seed, rank and step. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { random } from '../math/random.js';
import { loadTensorflow, type Tensorflow } from '../tensor/tensorflow.js';
import { threadShare } from '../tensor/threads.js';
import { assertAugmentation, type Augmentation } from './data/augment.js';
import { BatchThreads } from './data/batch-threads.js';
import type { Scale } from './data/crop.js';
import { imageOpener } from './data/image-file.js';
import type { Preparation } from './data/image-preparer.js';
import type { ImageFiles } from './image-files.js';
import type { ImageSet } from './images.js';
import { assertCount, invalid } from './problem.js';

/** The mean and the deviation of the training pixels of CIFAR-10, by channel, in bytes. */
export const cifar10Scale: Scale = { mean: [125.3, 123, 113.9], deviation: [63, 62.1, 66.7] };
/** The same of ImageNet. */
export const imagenetScale: Scale = {
  mean: [123.675, 116.28, 103.53],
  deviation: [58.395, 57.12, 57.375]
};
/** The same of MNIST. */
export const mnistScale: Scale = { mean: [33.3], deviation: [78.6] };

export interface ImageBatchesOptions {
  /** The images of this rank: places in the set. Defaults to all. */
  indices?: readonly number[];
  /** Images a step. Defaults to all of this rank, in their order: a full batch. A larger one takes images twice. */
  batch?: number;
  /** Pixels a side. Defaults to that of a set in memory; files need it. */
  side?: number;
  /** Defaults to the classes that the set names, or to one more than its greatest label. */
  classes?: number;
  /** Defaults to none: images as they are, or their middle where the size differs. */
  augmentation?: Augmentation;
  /** Subtracted from each channel and divided by, in bytes. Defaults to 127.5 and 127.5: −1 … 1. */
  scale?: Scale;
  /** Of the order and of the augmentation. Defaults to 0. */
  seed?: number;
  /** Whose order: ranks of one seed shuffle differently. Defaults to 0. */
  rank?: number;
  /** Threads that decode and augment. Defaults to 1 for a set in memory, and to this engine's share of the cores for files. */
  threads?: number;
}

/** Images and their classes, as tensors that the caller disposes. */
export interface ImageBatch {
  /** [batch, side, side, channels]. */
  readonly xs: Tensor4D;
  /** One-hot, [batch, classes]. */
  readonly ys: Tensor2D;
}

/** How long batches took, in ms. */
export interface BatchTimes {
  /** Batches taken. */
  readonly batches: number;
  /** That `next` waited for a thread: what a step has lost. */
  readonly waiting: number;
  /** That threads computed. */
  readonly preparing: number;
}

/** A set of images in memory, or files that are decoded as they are needed. */
export type Images = ImageSet | ImageFiles;

/** Steps asked for before they are needed, a thread. */
const AHEAD = 2;
const GREY = { mean: 127.5, deviation: 127.5 };

/**
 * Batches without end, epoch after epoch: `const { xs, ys } = await batches.next()`.
 * @throws VALUE_INVALID for no images, an index or a label out of range, or options that are none
 */
export async function imageBatches(
  images: Images,
  options: ImageBatchesOptions = {}
): Promise<ImageBatches> {
  const tf = await loadTensorflow();
  // Before the threads that decode, and for their sake.
  if ('paths' in images) await imageOpener();
  return new ImageBatches(tf, images, options);
}

export class ImageBatches {
  readonly #tf: Tensorflow;
  readonly #threads: BatchThreads;
  readonly #indices: readonly number[];
  readonly #labels: ArrayLike<number>;
  readonly #shape: readonly [side: number, channels: number, classes: number];
  readonly #draw: { readonly seed: number; readonly rank: number };
  #step = 0;
  #waiting = 0;
  #preparing = 0;
  #taken = 0;
  #epoch: { readonly k: number; readonly order: readonly number[] } | undefined;
  /** Images a step. */
  readonly batch: number;

  constructor(tf: Tensorflow, images: Images, options: ImageBatchesOptions) {
    const { seed = 0, rank = 0, augmentation = {} } = options;
    const { threads = 'paths' in images ? threadShare() : 1 } = options;
    const count = images.labels.length;
    this.#indices = options.indices ?? Array.from({ length: count }, (_, k) => k);
    assertIndices(this.#indices, count);
    this.batch = options.batch ?? this.#indices.length;
    assertCount('imageBatches, batch', this.batch, 1);
    assertCount('imageBatches, threads', threads, 1);
    assertAugmentation(augmentation);
    const side = sideOf(images, options.side);
    const channels = 'paths' in images ? 3 : (images.channels ?? 1);
    const classes = classesOf(images, options.classes);
    this.#tf = tf;
    this.#labels = images.labels;
    this.#shape = [side, channels, classes];
    this.#draw = { seed, rank };
    const own = ownSource(images, this.#indices);
    const scale = checkedScale(options.scale, channels);
    this.#threads = new BatchThreads(
      { source: own, side, scale, augmentation, seed, rank },
      threads
    );
  }

  /** Steps that make one pass over the images of this rank, rounded up. */
  get stepsPerEpoch(): number {
    return Math.ceil(this.#indices.length / this.batch);
  }

  /** The batch of the next step. @throws FILE_INVALID for a file that cannot be decoded */
  async next(): Promise<ImageBatch> {
    const step = this.#step++;
    for (let k = step; k <= step + AHEAD * this.#threads.count; k++)
      this.#threads.ask({ step: k, indices: this.#placesOf(k) });
    const began = performance.now();
    const { images, milliseconds } = await this.#threads.take(step);
    this.#waiting += performance.now() - began;
    this.#preparing += milliseconds;
    this.#taken += 1;
    const [side, channels, classes] = this.#shape;
    const places = this.#placesOf(step);
    const labels = Int32Array.from(places, place => this.#labels[this.#indices[place]]);
    const tf = this.#tf;
    return {
      xs: tf.tensor4d(images, [places.length, side, side, channels]),
      ys: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat() as Tensor2D)
    };
  }

  /** What a checkpoint has to remember. */
  state(): { readonly step: number } {
    return { step: this.#step };
  }

  /** Goes on with the very batch that followed a `state()`. @throws VALUE_INVALID for a step that is none */
  restore({ step }: { readonly step: number }): void {
    assertCount('restore, step', step, 0);
    this.#threads.forget();
    this.#step = step;
  }

  /** How long the batches so far took. */
  times(): BatchTimes {
    return { batches: this.#taken, waiting: this.#waiting, preparing: this.#preparing };
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  /** The images of step k, as places in this rank's share: the epochs' orders, one behind the other. */
  #placesOf(k: number): number[] {
    const count = this.#indices.length;
    if (this.batch === count) return Array.from({ length: count }, (_, place) => place);
    return Array.from({ length: this.batch }, (_, b) => {
      const position = k * this.batch + b;
      return this.#orderOf(Math.floor(position / count))[position % count];
    });
  }

  #orderOf(epoch: number): readonly number[] {
    if (this.#epoch?.k !== epoch) {
      const { seed, rank } = this.#draw;
      const order = random(seed, rank, 1 + epoch).permutation(this.#indices.length);
      this.#epoch = { k: epoch, order };
    }
    return this.#epoch.order;
  }
}

/** Only this rank's images go to the threads. */
function ownSource(images: Images, indices: readonly number[]): Preparation['source'] {
  if ('paths' in images) return { paths: indices.map(index => images.paths[index]) };
  const { side, channels = 1 } = images;
  const size = side * side * channels;
  const pixels = new Uint8Array(new SharedArrayBuffer(indices.length * size));
  indices.forEach((index, place) =>
    pixels.set(images.pixels.subarray(index * size, (index + 1) * size), place * size)
  );
  return { side, channels, pixels };
}

function assertIndices(indices: readonly number[], count: number): void {
  if (indices.length === 0) throw invalid('imageBatches, indices', 'at least one image', 'none');
  const odd = indices.find(index => !Number.isInteger(index) || index < 0 || index >= count);
  if (odd === undefined) return;
  throw invalid('imageBatches, indices', `whole numbers from 0 to ${count - 1}, the images`, odd);
}

function sideOf(images: Images, side: number | undefined): number {
  if (side !== undefined) assertCount('imageBatches, side', side, 1);
  else if ('paths' in images)
    throw invalid('imageBatches, side', 'the pixels a side, since files differ in size', side);
  return side ?? (images as ImageSet).side;
}

function classesOf({ labels, classNames }: Images, classes: number | undefined): number {
  const greatest = Array.from(labels).reduce((most, label) => Math.max(most, label), 0);
  const count = classes ?? classNames?.length ?? greatest + 1;
  assertCount('imageBatches, classes', count, 2);
  if (greatest >= count)
    throw invalid('imageBatches, a label', `0 to ${count - 1}, the classes`, greatest);
  return count;
}

function checkedScale(scale: Scale | undefined, channels: number): Scale {
  const grey = (value: number): number[] => Array.from({ length: channels }, () => value);
  if (scale === undefined) return { mean: grey(GREY.mean), deviation: grey(GREY.deviation) };
  const fits = (list: readonly number[]): boolean =>
    list.length === channels && list.every(Number.isFinite);
  if (fits(scale.mean) && fits(scale.deviation) && !scale.deviation.includes(0)) return scale;
  const expected = `mean and deviation, not 0, of ${channels} channels`;
  throw invalid('imageBatches, scale', expected, JSON.stringify(scale));
}
