/** Times steps of ResNet-20 on the backend of this process. Usage: BATCH STEPS; prints one line of JSON. */
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { parameterCount } from '../../../../mathematics/problems/models/by-name.js';
import { resnet20 } from '../../../../mathematics/problems/models/resnet20.js';
import { loadedDevice, loadTensorflow } from '../../../../mathematics/tensor/tensorflow.js';

const [batch, steps] = process.argv.slice(2).map(Number);
const tf = await loadTensorflow();
const model = await resnet20();
const xs = tf.randomNormal([batch, 32, 32, 3], 0, 1, 'float32', 1);
const ys = tf.tidy(() => tf.oneHot(tf.range(0, batch, 1, 'int32').mod(10).toInt(), 10).toFloat());
const optimizer = tf.train.momentum(0.01, 0.9);

const crossEntropy = (): Scalar =>
  tf.losses.softmaxCrossEntropy(ys, model.apply(xs, { training: true }) as Tensor);

async function step(): Promise<number> {
  const began = performance.now();
  const loss = optimizer.minimize(crossEntropy, true)!;
  // The step is over when its result can be read, wherever it was computed.
  const [value] = await loss.data();
  loss.dispose();
  if (!Number.isFinite(value)) throw new Error(`the loss is ${value}`);
  return performance.now() - began;
}

await step();
const times: number[] = [];
for (let k = 0; k < steps; k++) times.push(await step());
const device = loadedDevice();
process.stdout.write(JSON.stringify({ times, parameters: parameterCount(model), device }));
// A backend may keep threads that wait for work.
process.exit(0);
