/**
 * `tf.layers.conv2d` without bias and activation as the plain operation: TensorFlow.js takes the one that could add both,
 * which keeps its result for the gradient and computes that by the images too, also by those that come from nowhere.
 */
import type { layers, Tensor, Tensor4D } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';

type Call = (inputs: Tensor | Tensor[], settings: object) => Tensor | Tensor[];

/** What the layer holds, which its declaration keeps to itself. */
interface ConvolutionLayer {
  call: Call;
  readonly kernel: { read(): Tensor };
  readonly bias?: object | null;
  readonly activation?: { getClassName(): string } | null;
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: [number, number];
  readonly dataFormat: string;
}

/** Replaces what the layer does where it has neither bias nor activation, and its channels last. */
export function plainConvolutionLayer(tf: Tensorflow): void {
  const one: layers.Layer = tf.layers.conv2d({ filters: 1, kernelSize: 1 });
  const layer = Object.getPrototypeOf(one) as ConvolutionLayer;
  const withAll = layer.call;
  layer.call = function (this: ConvolutionLayer, inputs, settings) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const isLinear = !this.activation || this.activation.getClassName() === 'linear';
    const isPlain = !this.bias && isLinear && this.dataFormat === 'channelsLast' && x.rank === 4;
    if (!isPlain) return withAll.call(this, inputs, settings);
    const filter = this.kernel.read() as Tensor4D;
    const { strides, padding, dilationRate } = this;
    return tf.conv2d(x as Tensor4D, filter, strides, padding, 'NHWC', dilationRate);
  };
}
