/**
 * ResNet-50 for ImageNet: stages of 3, 4, 6 and 3 bottleneck blocks. 25,557,032 parameters for 1,000 classes ("25.6 M").
 * As it is trained today, the convolution of 3 x 3 of a block carries the stride, and the last scale of a residual branch
 * begins at 0. Sources: He et al. 2016; Goyal et al. 2017, section 5.1.
 */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { loadTensorflow } from '../../tensor/tensorflow.js';
import { Layers } from './layers.js';
import { checkedImages, type ImageModelOptions } from './options.js';

const STAGES = [
  { blocks: 3, filters: 64 },
  { blocks: 4, filters: 128 },
  { blocks: 6, filters: 256 },
  { blocks: 3, filters: 512 }
];
/** A bottleneck hands on four times the channels that it works with. */
const EXPANSION = 4;

/**
 * The network, from [batch, side, side, channels] to logits [batch, classes]. Drawing the weights takes some seconds.
 * @throws VALUE_INVALID for a side that is no multiple of 32, or a number of classes below 2
 */
export async function resnet50(options: ImageModelOptions = {}): Promise<LayersModel> {
  const given = { side: 224, classes: 1000, ...options };
  const { side, channels, classes } = checkedImages('resnet50', given, { multipleOf: 32 });
  const tf = await loadTensorflow();
  const net = new Layers(tf, options);
  const input = tf.input({ shape: [side, side, channels] });
  const stem = net.convolution(input, { filters: STAGES[0].filters, kernel: 7, stride: 2 });
  let x = net.maxPooled(net.relu(net.batchNorm(stem)));
  STAGES.forEach(({ blocks, filters }, stage) => {
    for (let k = 0; k < blocks; k++)
      x = bottleneck(net, x, { filters, stride: stage > 0 && k === 0 ? 2 : 1, isFirst: k === 0 });
  });
  const outputs = net.dense(net.meanOfPixels(x), classes);
  return tf.model({ inputs: input, outputs, name: 'resnet50' });
}

interface Bottleneck {
  filters: number;
  stride: number;
  /** The first block of a stage changes the shape, so that its shortcut is a convolution. */
  isFirst: boolean;
}

/** relu(shortcut(x) + F(x)), F convolutions of 1 x 1, 3 x 3 and 1 x 1. */
function bottleneck(
  net: Layers,
  x: SymbolicTensor,
  { filters, stride, isFirst }: Bottleneck
): SymbolicTensor {
  const wide = { filters: EXPANSION * filters, kernel: 1 };
  const narrow = net.relu(net.batchNorm(net.convolution(x, { filters, kernel: 1 })));
  const middle = net.relu(net.batchNorm(net.convolution(narrow, { filters, stride })));
  const branch = net.batchNorm(net.convolution(middle, wide), 0);
  const shortcut = isFirst ? net.batchNorm(net.convolution(x, { ...wide, stride })) : x;
  return net.relu(net.add(shortcut, branch));
}
