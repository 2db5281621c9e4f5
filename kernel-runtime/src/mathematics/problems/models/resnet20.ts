/**
 * ResNet-20 for CIFAR: a convolution, three stages of three residual blocks with 16, 32 and 64 channels, the mean over the
 * pixels and one dense layer. 269,722 parameters for ten classes ("0.27 M").
 * Source: He, Zhang, Ren and Sun 2016, Deep Residual Learning for Image Recognition, section 4.2.
 */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { loadTensorflow } from '../../tensor/tensorflow.js';
import { Layers } from './layers.js';
import { checkedImages, type ImageModelOptions } from './options.js';

const STAGES = [16, 32, 64];
const BLOCKS = 3;

/**
 * The network, from [batch, side, side, channels] to logits [batch, classes].
 * @throws VALUE_INVALID for a side that is no multiple of 4, or a number of classes below 2
 */
export async function resnet20(options: ImageModelOptions = {}): Promise<LayersModel> {
  const { side, channels, classes } = checkedImages('resnet20', options, { multipleOf: 4 });
  const tf = await loadTensorflow();
  const net = new Layers(tf, options);
  const input = tf.input({ shape: [side, side, channels] });
  let x = net.relu(net.batchNorm(net.convolution(input, { filters: STAGES[0] })));
  STAGES.forEach((filters, stage) => {
    for (let k = 0; k < BLOCKS; k++)
      x = block(net, x, { filters, isHalving: stage > 0 && k === 0 });
  });
  const outputs = net.dense(net.meanOfPixels(x), classes);
  return tf.model({ inputs: input, outputs, name: 'resnet20' });
}

/** relu(x + F(x)), F two convolutions of 3 x 3. */
function block(
  net: Layers,
  x: SymbolicTensor,
  { filters, isHalving }: { filters: number; isHalving: boolean }
): SymbolicTensor {
  const stride = isHalving ? 2 : 1;
  const first = net.relu(net.batchNorm(net.convolution(x, { filters, stride })));
  const branch = net.batchNorm(net.convolution(first, { filters }));
  return net.relu(net.add(isHalving ? net.halved(x, filters) : x, branch));
}
