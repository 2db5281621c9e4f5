/** Times of computations on a backend, which may only have been queued when a call returns. */
import type { Tensor } from '@tensorflow/tfjs';

import type { Tensorflow } from '../../../mathematics/tensor/tensorflow.js';

const WARM_UP = 2;
const RUNS = 7;

/** The median time in ms until the values are there, after two runs that nobody counts. */
export async function medianMs(tf: Tensorflow, compute: () => Tensor): Promise<number> {
  const times: number[] = [];
  for (let k = 0; k < WARM_UP + RUNS; k++) {
    const started = performance.now();
    const result = tf.tidy(compute);
    await result.data();
    if (k >= WARM_UP) times.push(performance.now() - started);
    result.dispose();
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(RUNS / 2)];
}
