/** What a network gets right: its accuracy and its loss on a set of images, without augmentation. */
import type { LayersModel, Tensor2D } from '@tensorflow/tfjs';
import { loadTensorflow, type Tensorflow } from '../../tensor/tensorflow.js';
import {
  imageBatches,
  type ImageBatch,
  type ImageBatchesOptions,
  type Images
} from '../image-batches.js';

export interface Evaluated {
  /** The part of the images whose class has the greatest logit. */
  readonly accuracy: number;
  /** The mean cross-entropy, in nats. */
  readonly loss: number;
}

/** The size and the scale must be those of the training. */
export type EvaluateOptions = Pick<
  ImageBatchesOptions,
  'indices' | 'batch' | 'side' | 'scale' | 'classes' | 'threads'
>;

const BATCH = 250;

/**
 * Accuracy and loss of a network that gives logits. Every image counts once; `batch` of them, 250 unless given, are in
 * memory at a time. Batch normalisation uses its moving statistics.
 */
export async function evaluate(
  model: LayersModel,
  images: Images,
  options: EvaluateOptions = {}
): Promise<Evaluated> {
  const tf = await loadTensorflow();
  const count = options.indices?.length ?? images.labels.length;
  const batches = await imageBatches(images, {
    ...options,
    batch: Math.min(count, options.batch ?? BATCH)
  });
  try {
    const sums = { correct: 0, loss: 0 };
    for (let seen = 0; seen < count; seen += batches.batch) {
      const found = await judge(tf, model, await batches.next(), count - seen);
      sums.correct += found.correct;
      sums.loss += found.loss;
    }
    return { accuracy: sums.correct / count, loss: sums.loss / count };
  } finally {
    await batches.close();
  }
}

/** The sums over the first `most` images of a batch: those of the last batch begin again from the front. */
async function judge(
  tf: Tensorflow,
  model: LayersModel,
  { xs, ys }: ImageBatch,
  most: number
): Promise<{ correct: number; loss: number }> {
  const [correct, loss] = tf.tidy(() => {
    const logits = model.predict(xs, { batchSize: xs.shape[0] }) as Tensor2D;
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(ys, 1));
    const crossEntropy = tf.neg(tf.sum(tf.mul(ys, tf.logSoftmax(logits)), 1));
    return [isRight.toFloat(), crossEntropy];
  });
  const [rights, losses] = await Promise.all([correct.data(), loss.data()]);
  tf.dispose([correct, loss, xs, ys]);
  const total = (values: ArrayLike<number>): number =>
    Array.from(values)
      .slice(0, most)
      .reduce((sum, value) => sum + value, 0);
  return { correct: total(rights), loss: total(losses) };
}
