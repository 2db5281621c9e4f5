/** The wasm backend trains as the reference does: values and gradients, for several batches, strides and paddings. */
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendCases } from '../../../kernel-runtime/src/mathematics/tensor/check/cases.js';
import {
  compareCase,
  MOST_DEVIATION
} from '../../../kernel-runtime/src/mathematics/tensor/check/compare.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow();
});

describe('The wasm backend computes what cpu does:', () => {
  it.each(backendCases)('$name', async one => {
    const before = tf.memory().numTensors;
    const { deviation, error } = await compareCase(tf, 'wasm', one);
    expect(error).toBeUndefined();
    expect(deviation).toBeLessThan(MOST_DEVIATION);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('Gradients on wasm', () => {
  /** Of the sum of a convolution and a pooling of ones, by the filter. */
  const gradientFor = (shape: [number, number, number, number]): Tensor => {
    const x = tf.ones<Rank.R4>(shape);
    const loss = (w: Tensor): Tensor =>
      tf.sum(tf.maxPool(tf.conv2d(x, w as Tensor4D, 1, 'same'), 1, 1, 'same'));
    return tf.grad(loss)(tf.ones([3, 3, 2, 4]));
  };

  it.each<[string, [number, number, number, number], number]>([
    ['no image', [0, 5, 5, 2], 0],
    ['one image of one pixel', [1, 1, 1, 2], 8]
  ])('are there for a batch of %s', async (_, shape, sum) => {
    const [received] = await tf.tidy(() => tf.sum(gradientFor(shape))).data();
    expect(received).toBe(sum);
  });

  it('of segments leave out ids that name none', async () => {
    const sums = tf.unsortedSegmentSum(
      tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]),
      tf.tensor1d([1, -1, 7], 'int32'),
      2
    );
    expect(Array.from(await sums.data())).toEqual([0, 0, 1, 2]);
  });

  it('leave no memory behind', () => {
    const step = (): void => tf.dispose(tf.tidy(() => gradientFor([2, 9, 9, 2])));
    const held = (): number => tf.engine().backend.numDataIds();
    step();
    const before = held();
    for (let k = 0; k < 5; k++) step();
    expect(held()).toBe(before);
  });
});
