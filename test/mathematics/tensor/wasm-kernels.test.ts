/** The wasm backend trains as the reference does: values and gradients, for several batches, strides and paddings. */
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
  it.each([
    ['no image', [0, 5, 5, 2]],
    ['one image of one pixel', [1, 1, 1, 2]]
  ])('are there for a batch of %s', async (_, shape) => {
    const w = tf.ones<'R4'>([3, 3, 2, 4] as never);
    const x = tf.ones(shape) as never;
    const gradient = tf.grad((f: typeof w) => tf.sum(tf.conv2d(x, f, 1, 'same')))(w);
    const sum = (await tf.sum(gradient).data())[0];
    expect(sum).toBe(shape[0] === 0 ? 0 : 8);
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
    const w = tf.randomNormal<never>([3, 3, 4, 4]);
    const x = tf.randomNormal<never>([2, 9, 9, 4]);
    const step = (): void => {
      tf.tidy(
        () =>
          void tf.grad((f: typeof w) =>
            tf.sum(tf.maxPool(tf.conv2d(x, f, 1, 'same'), 2, 2, 'same'))
          )(w)
      );
    };
    step();
    const data = (): number => tf.engine().backend.numDataIds();
    const before = data();
    for (let k = 0; k < 5; k++) step();
    expect(data()).toBe(before);
  });
});
