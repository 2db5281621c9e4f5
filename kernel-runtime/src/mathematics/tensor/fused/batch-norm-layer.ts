/** `tf.layers.batchNormalization` trains with the one operation where its backend has it: every model that uses it does. */
import type { layers, Tensor } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';
import { batchNorm } from './batch-norm.js';

/** Of x, with the channels last. */
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

/** Replaces what the layer does in training. */
export function fuseBatchNormLayer(tf: Tensorflow): void {
  const one: layers.Layer = tf.layers.batchNormalization();
  const layer = Object.getPrototypeOf(one) as BatchNormLayer;
  const inParts = layer.call;
  layer.call = function (this: BatchNormLayer, inputs, settings) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const isUsual = RANKS.includes(x.rank) && [-1, x.rank - 1].includes(this.axis);
    if (!settings.training || !isUsual) return inParts.call(this, inputs, settings);
    return tf.tidy(() => train(tf, this, x));
  };
}

function train(tf: Tensorflow, layer: BatchNormLayer, x: Tensor): Tensor {
  const channels = x.shape.slice(-1);
  const scale = layer.gamma?.read() ?? tf.ones(channels);
  const offset = layer.beta?.read() ?? tf.zeros(channels);
  const { y, mean, variance } = batchNorm(tf, { x, scale, offset }, layer.epsilon);
  move(tf, layer.movingMean, mean, layer.momentum);
  move(tf, layer.movingVariance, variance, layer.momentum);
  return y;
}

/** m ← m − (1 − momentum)(m − value) */
function move(tf: Tensorflow, weight: Weight, value: Tensor, momentum: number): void {
  const before = weight.read();
  weight.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
}
