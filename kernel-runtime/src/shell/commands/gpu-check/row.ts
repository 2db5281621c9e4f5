/**
 * One row of `decentlab gpu-check`, in a process of its own: the backend that DECENTLAB_BACKEND names is compared with `cpu`
 * case by case, and timed unless `--cases` is all that is wanted. Prints the row as JSON.
 */
import type { Rank, Scalar, Tensor2D } from '@tensorflow/tfjs';

import { resnet20 } from '../../../mathematics/problems/models/resnet20.js';
import { backendCases } from '../../../mathematics/tensor/check/cases.js';
import { compareCase, MOST_DEVIATION } from '../../../mathematics/tensor/check/compare.js';
import {
  deviceMemory,
  loadedDevice,
  loadTensorflow
} from '../../../mathematics/tensor/tensorflow.js';
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
/** Only the cases, without the times. */
const CASES = '--cases';

const tf = await loadTensorflow();
const backend = tf.getBackend();
const wrong: string[] = [];
const cases = backendCases.filter(one => !one.except?.includes(backend));
for (const one of cases) {
  const { name, deviation, error } = await compareCase(tf, backend, one);
  if (!(deviation < MOST_DEVIATION)) wrong.push(`${name}: ${error ?? `differs by ${deviation}`}`);
}
const times = process.argv.includes(CASES) ? {} : await measure();
const { used } = deviceMemory();
const row = {
  ...{ backend, device: loadedDevice() ?? backend, cases: cases.length, wrong },
  ...times,
  ...(used === undefined ? {} : { deviceBytes: used })
};
console.log(JSON.stringify(row satisfies Partial<CheckedBackend>));
// Devices keep a process alive.
process.exit(0);

type Times = Pick<CheckedBackend, 'matmulMs' | 'leastSquaresMs' | 'resnet20Ms'>;

async function measure(): Promise<Times> {
  const matrix = (rows: number, columns: number): Tensor2D =>
    tf.randomNormal<Rank.R2>([rows, columns]);
  const square = matrix(1024, 1024);
  const matmulMs = await medianMs(tf, () => tf.matMul(square, square));
  const [A, x, b] = [matrix(1000, 100), matrix(100, 1), matrix(1000, 1)];
  const leastSquaresMs = await medianMs(tf, () =>
    tf.matMul(A, tf.sub<Tensor2D>(tf.matMul(A, x), b), true, false)
  );
  const model = await resnet20();
  const images = tf.randomNormal([BATCH, 32, 32, 3]);
  const labels = tf.oneHot(tf.range(0, BATCH, 1, 'int32'), 10);
  const optimizer = tf.train.momentum(0.01, 0.9);
  const loss = (): Scalar => {
    const logits = model.apply(images, { training: true }) as Tensor2D;
    return tf.losses.softmaxCrossEntropy(labels, logits);
  };
  const resnet20Ms = await medianMs(tf, () => optimizer.minimize(loss, true) as Scalar);
  return { matmulMs, leastSquaresMs, resnet20Ms };
}
