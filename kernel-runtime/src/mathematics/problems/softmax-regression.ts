/**
 * Softmax regression on MNIST, split by class over n nodes, with full-batch gradients on TensorFlow.js:
 * f_i(x) = −(1/m_i) Σ log softmax(A_i X)[label] + (λ/2) ‖x‖², X = x as a (features x 10) matrix.
 */
import type { Vector } from '../math/matrix.js';
import { loadTensorflow, type Tensorflow } from '../tensor/tensorflow.js';
import { featureCount, featuresOf, firstImages, meanImage, type ImageSet } from './images.js';
import { loadMnist } from './mnist.js';
import { dealByClass, type ShareOptions } from './shares.js';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';

const CLASSES = 10;

export interface SoftmaxOptions extends ShareOptions {
  /** Whose share of the data. */
  rank: number;
  /** How many images of the training set, from its first on. Defaults to all 60,000. */
  count?: number;
  /** λ, which makes the loss strongly convex. Defaults to 0.01. */
  regularisation?: number;
  /** 1: the 28 x 28 images; 2: 14 x 14 by averages, four times faster. Defaults to 1. */
  pool?: 1 | 2 | 4;
}

export interface SoftmaxRegression {
  /** The length of x: (pixels + 1) · 10. */
  readonly dimension: number;
  /** Images of this node. */
  readonly samples: number;
  /** μ ≥ λ and L ≤ ½ λ_max(AᵀA / m) + λ: the least and the largest curvature of this node's loss. */
  readonly convexity: number;
  readonly smoothness: number;
  /** ∇f_i(x), full batch, in float32 precision (relative 1e-6). No tensor is left behind. */
  gradient(x: Vector): Promise<Vector>;
  /** f_i(x). */
  loss(x: Vector): Promise<number>;
  /** The part of the 10,000 test images that x classifies rightly. Reads them at the first call. */
  accuracy(x: Vector): Promise<number>;
  /** Frees the images. */
  dispose(): void;
}

/**
 * One node's problem. Pixels are 0 … 1 minus the mean training image, which takes a factor of 9 off the condition.
 * About 1 s for 7,500 images, TensorFlow.js included; one gradient takes about 45 ms (12 ms with `pool: 2`).
 * @throws VALUE_INVALID for a count below 1 or above 60,000, or fewer images than nodes
 */
export async function softmaxRegression(options: SoftmaxOptions): Promise<SoftmaxRegression> {
  const { rank, regularisation = 0.01, pool = 1 } = options;
  const tf = await loadTensorflow();
  const train = firstImages(loadMnist('train'), options.count);
  const center = meanImage(train, { pool });
  const share = dealByClass(train.labels, options)[rank];
  const own = loadTensors(tf, { set: train, indices: share, center, pool });
  const columns = featureCount(train, pool);
  let test: Tensors | undefined;
  const everyIndex = (set: ImageSet): number[] => Array.from({ length: set.count }, (_, k) => k);
  const testTensors = (): Tensors => {
    const set = loadMnist('test');
    return loadTensors(tf, { set, indices: everyIndex(set), center, pool });
  };
  return {
    dimension: columns * CLASSES,
    samples: share.length,
    convexity: regularisation,
    smoothness: (await largestEigenvalue(tf, own.features)) / 2 + regularisation,
    gradient: x => gradientOf(tf, { ...own, weights: x, regularisation }),
    loss: x => lossOf(tf, { ...own, weights: x, regularisation }),
    accuracy: x => accuracyOf(tf, (test ??= testTensors()), x),
    dispose: () => [own, test].forEach(tensors => tf.dispose([tensors?.features, tensors?.targets]))
  };
}

interface Tensors {
  features: Tensor2D;
  /** One-hot rows. */
  targets: Tensor2D;
}

interface Selection {
  set: ImageSet;
  indices: readonly number[];
  center: Float32Array;
  pool: 1 | 2 | 4;
}

function loadTensors(tf: Tensorflow, { set, indices, center, pool }: Selection): Tensors {
  const columns = featureCount(set, pool);
  const features = featuresOf(set, indices, { pool });
  for (let k = 0, column = 0; k < features.length; k++, column = (column + 1) % columns)
    features[k] -= center[column];
  const targets = new Float32Array(indices.length * CLASSES);
  indices.forEach((index, row) => (targets[row * CLASSES + set.labels[index]] = 1));
  return {
    features: tf.tensor2d(features, [indices.length, columns]),
    targets: tf.tensor2d(targets, [indices.length, CLASSES])
  };
}

interface Evaluation extends Tensors {
  weights: Vector;
  regularisation: number;
}

/** Aᵀ (softmax(A X) − Y) / m + λ X. */
async function gradientOf(
  tf: Tensorflow,
  { features, targets, weights, regularisation }: Evaluation
): Promise<Vector> {
  const gradient = await read(tf, () => {
    const guess = tf.softmax(tf.matMul(features, asMatrix(tf, weights)));
    const data = tf.matMul(features, tf.sub(guess, targets), true, false);
    return tf.div(data, features.shape[0]);
  });
  const out = Float64Array.from(gradient);
  for (let k = 0; k < out.length; k++) out[k] += regularisation * weights[k];
  return out;
}

async function lossOf(
  tf: Tensorflow,
  { features, targets, weights, regularisation }: Evaluation
): Promise<number> {
  const [crossEntropy] = await read(tf, () => {
    const logits = tf.matMul(features, asMatrix(tf, weights));
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
  });
  return (
    crossEntropy +
    (regularisation / 2) * weights.reduce((total, weight) => total + weight * weight, 0)
  );
}

async function accuracyOf(
  tf: Tensorflow,
  { features, targets }: Tensors,
  weights: Vector
): Promise<number> {
  const [accuracy] = await read(tf, () => {
    const guess = tf.argMax(tf.matMul(features, asMatrix(tf, weights)), 1);
    return tf.mean(tf.cast(tf.equal(guess, tf.argMax(targets, 1)), 'float32'));
  });
  return accuracy;
}

function asMatrix(tf: Tensorflow, weights: Vector): Tensor2D {
  return tf.tensor2d(Float32Array.from(weights), [weights.length / CLASSES, CLASSES]);
}

const POWER_STEPS = 20;
const POWER_MARGIN = 1.05;

/** λ_max(AᵀA / m) by the power method, rounded up: after 20 steps it is a few per cent low at most. */
async function largestEigenvalue(tf: Tensorflow, features: Tensor2D): Promise<number> {
  const [value] = await read(tf, () => {
    let v = tf.ones([features.shape[1], 1]);
    let value: Tensor = tf.scalar(0);
    for (let k = 0; k < POWER_STEPS; k++) {
      const next = tf.div(
        tf.matMul(features, tf.matMul(features, v), true, false),
        features.shape[0]
      );
      value = tf.norm(next);
      v = tf.div(next, value);
    }
    return value;
  });
  return value * POWER_MARGIN;
}

/** The values of what is computed, and nothing else left. A tensor on a GPU can only be waited for. */
async function read(tf: Tensorflow, compute: () => Tensor): Promise<Float32Array> {
  const result = tf.tidy(compute);
  const values = await result.data<'float32'>();
  result.dispose();
  return values;
}
