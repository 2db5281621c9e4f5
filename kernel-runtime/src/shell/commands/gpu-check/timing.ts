/** Times of computations on a backend, which may only have been queued when a call returns. */
import type { Tensor } from '@tensorflow/tfjs';

import type { Tensorflow } from '../../../mathematics/tensor/tensorflow.js';

const WARM_UP = 2;
const RUNS = 7;
/** A device in software takes seconds a run: no further one begins after this time, once one has counted. */
const LIMIT_MS = 10_000;

/** The median time in ms until the values are there: of seven runs after two that nobody counts, of fewer if they are slow. */
export async function medianMs(tf: Tensorflow, compute: () => Tensor): Promise<number> {
  const times: number[] = [];
  const began = performance.now();
  const isLate = (): boolean => performance.now() - began > LIMIT_MS;
  for (let k = 0; times.length < RUNS && !(times.length > 0 && isLate()); k++) {
    const started = performance.now();
    const result = tf.tidy(compute);
    await result.data();
    if (k >= WARM_UP || (k > 0 && isLate())) times.push(performance.now() - started);
    result.dispose();
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}
