/** Networks for a minute on two cores: none has batch normalisation, so that what a node knows is its parameters. */
import type { LayersModel } from '@tensorflow/tfjs';
import { loadTensorflow } from '../../tensor/tensorflow.js';
import { Layers } from './layers.js';
import { checkedImages, type ImageModelOptions } from './options.js';

/** Each convolution of `smallConvNet` halves the side. */
const FILTERS = [16, 32, 64];
/** What `perceptron` sees of a square of this many pixels a side is its mean. */
const POOL = 4;
const HIDDEN = 64;

/**
 * Means over squares of 4 x 4 pixels, 64 hidden units, logits: 13,002 parameters for CIFAR-10. Products of matrices only,
 * so that every backend trains it fast.
 * @throws VALUE_INVALID for a side that is no multiple of 4, or a number of classes below 2
 */
export async function perceptron(options: ImageModelOptions = {}): Promise<LayersModel> {
  const { side, channels, classes } = checkedImages('perceptron', options, { multipleOf: POOL });
  const tf = await loadTensorflow();
  const net = new Layers(tf, options);
  const input = tf.input({ shape: [side, side, channels] });
  const hidden = net.relu(net.dense(net.flat(net.pooled(input, POOL)), HIDDEN));
  return tf.model({ inputs: input, outputs: net.dense(hidden, classes), name: 'perceptron' });
}

/**
 * Three convolutions with stride 2 (16, 32 and 64 channels), the mean over the pixels, logits: 24,234 parameters for
 * CIFAR-10.
 * @throws VALUE_INVALID for a side that is no multiple of 8, or a number of classes below 2
 */
export async function smallConvNet(options: ImageModelOptions = {}): Promise<LayersModel> {
  const { side, channels, classes } = checkedImages('smallConvNet', options, { multipleOf: 8 });
  const tf = await loadTensorflow();
  const net = new Layers(tf, options);
  const input = tf.input({ shape: [side, side, channels] });
  let x = input;
  for (const filters of FILTERS)
    x = net.relu(net.convolution(x, { filters, stride: 2, bias: true }));
  const outputs = net.dense(net.meanOfPixels(x), classes);
  return tf.model({ inputs: input, outputs, name: 'smallConvNet' });
}
