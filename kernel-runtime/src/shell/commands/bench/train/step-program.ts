/**
 * Times steps of a network on the backend of this process, after some that warm up. Usage: BATCH STEPS [MODEL SIDE], by
 * default `resnet20 32`; prints one line of JSON, or on standard error why it could not.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { modelNamed, parameterCount } from '../../../../mathematics/problems/models/by-name.js';
import { loadedDevice, loadTensorflow } from '../../../../mathematics/tensor/tensorflow.js';

/** What it prints. */
export interface StepTimes {
  /** Milliseconds of each step. */
  readonly times: readonly number[];
  /** Before each step, those that warm up too, and of the same images. */
  readonly losses: readonly number[];
  readonly parameters: number;
  readonly device?: string;
  /** The most memory that the process has had, in MB. */
  readonly memory: number;
}

/** Steps that do not count: V8 compiles for some twenty, caches fill. One alone where it takes longer than that, on a slow device. */
const WARM_UP = { steps: 20, limitMs: 5000 };
const MEGABYTE = 1e6;
const KIBIBYTE = 1024;

const [batch, steps, model = 'resnet20', side = '32'] = process.argv.slice(2);
// A backend may keep threads that wait for work: nothing else ends this process.
await timeSteps(model, { batch: Number(batch), steps: Number(steps), side: Number(side) }).then(
  times => process.stdout.write(JSON.stringify(times), () => process.exit(0)),
  (error: Error) => process.stderr.write(error.message.split('\n')[0], () => process.exit(1))
);

async function timeSteps(
  name: string,
  { batch, steps, side }: Record<'batch' | 'steps' | 'side', number>
): Promise<StepTimes> {
  const tf = await loadTensorflow();
  const model = await modelNamed(name, { side });
  const classes = model.outputs[0].shape[1] as number;
  const xs = tf.randomNormal([batch, side, side, 3], 0, 1, 'float32', 1);
  const ys = tf.tidy(() =>
    tf.oneHot(tf.range(0, batch, 1, 'int32').mod(10).toInt(), classes).toFloat()
  );
  const optimizer = tf.train.momentum(0.01, 0.9);
  const crossEntropy = (): Scalar =>
    tf.losses.softmaxCrossEntropy(ys, model.apply(xs, { training: true }) as Tensor);
  const times: number[] = [];
  const losses: number[] = [];
  const began = performance.now();
  const isCold = (k: number): boolean =>
    k === 0 || (k < WARM_UP.steps && performance.now() - began < WARM_UP.limitMs);
  for (let k = 0; times.length < steps; k++) {
    const counts = !isCold(k);
    const started = performance.now();
    const loss = optimizer.minimize(crossEntropy, true)!;
    // The step is over when its result can be read, wherever it was computed.
    const [value] = await loss.data();
    if (counts) times.push(performance.now() - started);
    losses.push(value);
    loss.dispose();
    if (!Number.isFinite(value)) throw new Error(`the loss is ${value}`);
  }
  const memory = (process.resourceUsage().maxRSS * KIBIBYTE) / MEGABYTE;
  return { times, losses, parameters: parameterCount(model), device: loadedDevice(), memory };
}
