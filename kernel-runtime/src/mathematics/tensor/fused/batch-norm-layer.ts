/** `tf.layers.batchNormalization` trains with the one operation where its backend has it: every model that uses it does. */
import type { layers, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';
import { batchNorm } from './batch-norm.js';

/** Of x. */
const RANKS = [2, 3, 4];

/** A weight of a layer. */
interface Weight {
  read(): Tensor;
  write(value: Tensor): unknown;
}

type Call = (inputs: Tensor | Tensor[], settings: { training?: boolean }) => Tensor | Tensor[];

/** What the layer holds, which its declaration keeps to itself. */
interface BatchNormLayer {
  call: Call;
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  /** Both absent if the layer does without. */
  readonly gamma?: Weight;
  readonly beta?: Weight;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
}

/**
 * Replaces what the layer does in training; and beside it where the channels are not last, which TensorFlow.js normalises
 * with the numbers of other channels on backends whose kernel takes one number a channel (4.22).
 */
export function fuseBatchNormLayer(tf: Tensorflow): void {
  const one: layers.Layer = tf.layers.batchNormalization();
  const layer = Object.getPrototypeOf(one) as BatchNormLayer;
  const inParts = layer.call;
  layer.call = function (this: BatchNormLayer, inputs, settings) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const last = x.rank - 1;
    const axis = this.axis < 0 ? this.axis + x.rank : this.axis;
    const isUsual = axis === last && !settings.training;
    if (isUsual || !RANKS.includes(x.rank)) return inParts.call(this, inputs, settings);
    const pass = settings.training ? train : infer;
    if (axis === last) return tf.tidy(() => pass(tf, this, x));
    // Twice the same swap is none.
    const swap = x.shape.map((_, k) => (k === axis ? last : k === last ? axis : k));
    return tf.tidy(() => tf.transpose(pass(tf, this, tf.transpose(x, swap)), swap));
  };
}

function train(tf: Tensorflow, layer: BatchNormLayer, x: Tensor): Tensor {
  const { movingMean, movingVariance, epsilon, momentum } = layer;
  const moving = { mean: movingMean.read(), variance: movingVariance.read() };
  const inputs = { x, ...affineOf(tf, layer, x), ...moving };
  const { y, mean, variance } = batchNorm(tf, inputs, { epsilon, momentum });
  movingMean.write(mean);
  movingVariance.write(variance);
  return y;
}

/** With the moving statistics. */
function infer(tf: Tensorflow, layer: BatchNormLayer, x: Tensor): Tensor {
  const { scale, offset } = affineOf(tf, layer, x);
  const moving = [layer.movingMean.read(), layer.movingVariance.read()] as [Tensor1D, Tensor1D];
  return tf.batchNorm(x as Tensor4D, ...moving, offset, scale, layer.epsilon);
}

/** γ and β, also of a layer that does without. */
function affineOf(
  tf: Tensorflow,
  { gamma, beta }: BatchNormLayer,
  x: Tensor
): Record<'scale' | 'offset', Tensor1D> {
  const channels = x.shape.slice(-1) as [number];
  return {
    scale: (gamma?.read() as Tensor1D | undefined) ?? tf.ones(channels),
    offset: (beta?.read() as Tensor1D | undefined) ?? tf.zeros(channels)
  };
}
