/**
 * One row of `decentlab gpu-check`, in a process of its own: the backend that DECENTLAB_BACKEND names is compared with `cpu`
 * case by case, and timed. Prints the row as JSON.
 */
import { resnet20 } from '../../../mathematics/problems/models/resnet20.js';
import { backendCases } from '../../../mathematics/tensor/check/cases.js';
import { compareCase, MOST_DEVIATION } from '../../../mathematics/tensor/check/compare.js';
import { deviceMemory, loadedDevice, loadTensorflow } from '../../../mathematics/tensor/tensorflow.js';
import { medianMs } from './timing.js';

/** What one backend does on its device. Times are medians in milliseconds. */
export interface CheckedBackend {
  readonly backend: string;
  readonly device: string;
  readonly cases: number;
  /** The cases that differ from `cpu`, or fail, with how. */
  readonly wrong: readonly string[];
  /** 1024 x 1024 by 1024 x 1024, float32. */
  readonly matmulMs: number;
  /** Aᵀ(A x − b), A 1000 x 100. */
  readonly leastSquaresMs: number;
  /** Forward, backward and update on 8 images. */
  readonly resnet20Ms: number;
  readonly deviceBytes?: number;
}

const BATCH = 8;

const tf = await loadTensorflow();
const backend = tf.getBackend();
const wrong: string[] = [];
for (const one of backendCases) {
  const { name, deviation, error } = await compareCase(tf, backend, one);
  if (!(deviation < MOST_DEVIATION)) wrong.push(`${name}: ${error ?? `differs by ${deviation}`}`);
}

const square = tf.randomNormal<never>([1024, 1024]);
const matmulMs = await medianMs(tf, () => tf.matMul(square, square));
const [A, x, b] = [[1000, 100], [100, 1], [1000, 1]].map(shape => tf.randomNormal<never>(shape));
const leastSquaresMs = await medianMs(tf, () =>
  tf.matMul(A, tf.sub(tf.matMul(A, x), b) as never, true, false)
);

const model = await resnet20();
const images = tf.randomNormal([BATCH, 32, 32, 3]);
const labels = tf.oneHot(tf.range(0, BATCH, 1, 'int32'), 10);
const optimizer = tf.train.momentum(0.01, 0.9);
const loss = (): import('@tensorflow/tfjs').Scalar =>
  tf.losses.softmaxCrossEntropy(labels, model.apply(images, { training: true }) as never);
const resnet20Ms = await medianMs(tf, () => optimizer.minimize(loss, true) as never);

const { used } = deviceMemory();
const row: CheckedBackend = {
  ...{ backend, device: loadedDevice() ?? backend, cases: backendCases.length, wrong },
  ...{ matmulMs, leastSquaresMs, resnet20Ms },
  ...(used === undefined ? {} : { deviceBytes: used })
};
console.log(JSON.stringify(row));
process.exit(0);
