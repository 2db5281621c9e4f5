/**
 * Times steps of ResNet-20 on the backend of this process, after one that warms up. Usage: BATCH STEPS; prints one line of
 * JSON, or on standard error why it could not.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { parameterCount } from '../../../../mathematics/problems/models/by-name.js';
import { resnet20 } from '../../../../mathematics/problems/models/resnet20.js';
import { loadedDevice, loadTensorflow } from '../../../../mathematics/tensor/tensorflow.js';

const [batch, steps] = process.argv.slice(2).map(Number);
// A backend may keep threads that wait for work: nothing else ends this process.
await timeSteps(batch, steps).then(
  times => process.stdout.write(JSON.stringify(times), () => process.exit(0)),
  (error: Error) => process.stderr.write(error.message.split('\n')[0], () => process.exit(1))
);

async function timeSteps(batch: number, steps: number): Promise<Record<string, unknown>> {
  const tf = await loadTensorflow();
  const model = await resnet20();
  const xs = tf.randomNormal([batch, 32, 32, 3], 0, 1, 'float32', 1);
  const ys = tf.tidy(() => tf.oneHot(tf.range(0, batch, 1, 'int32').mod(10).toInt(), 10).toFloat());
  const optimizer = tf.train.momentum(0.01, 0.9);
  const crossEntropy = (): Scalar =>
    tf.losses.softmaxCrossEntropy(ys, model.apply(xs, { training: true }) as Tensor);
  const times: number[] = [];
  for (let k = 0; k <= steps; k++) {
    const began = performance.now();
    const loss = optimizer.minimize(crossEntropy, true)!;
    // The step is over when its result can be read, wherever it was computed.
    const [value] = await loss.data();
    if (k > 0) times.push(performance.now() - began);
    loss.dispose();
    if (!Number.isFinite(value)) throw new Error(`the loss is ${value}`);
  }
  return { times, parameters: parameterCount(model), device: loadedDevice() };
}
