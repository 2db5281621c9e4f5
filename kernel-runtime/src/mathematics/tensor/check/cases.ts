/**
 * What a backend must get right: operations with their gradients, as models here use them, in tensors that are large
 * enough (1,000 entries) to be computed on a device that leaves small ones to the processor.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';

import { batchNorm, type NormalizedBatch } from '../fused/batch-norm.js';
import type { Tensorflow } from '../tensorflow.js';

/** One operation on tensors of float32 of these shapes. */
export interface BackendCase {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  compute(tf: Tensorflow, inputs: readonly Tensor[]): Tensor;
  /** The backends that refuse it with an error that says so. Defaults to none. */
  readonly except?: readonly string[];
  /** The inputs by which the gradient is compared too. Defaults to all. */
  readonly by?: readonly number[];
}

type Padding = 'same' | 'valid' | number;

/** x, γ and β, and the moving mean and variance, which are β and γ where they are not given. */
function normalized(tf: Tensorflow, inputs: readonly Tensor[]): NormalizedBatch {
  const [x, scale, offset, mean = offset, variance = scale] = inputs;
  return batchNorm(tf, { x, scale, offset, mean, variance }, { epsilon: 1e-3, momentum: 0.75 });
}

/** TensorFlow's own kernels know the two paddings with a name only. */
const exceptFor = (pad: Padding): string[] => (typeof pad === 'number' ? ['tensorflow'] : []);

/** Convolutions: batch, stride, padding, and the side of the filter. */
const CONVOLUTIONS: readonly (readonly [number, number, Padding, number])[] = [
  ...[1, 3, 5].map(batch => [batch, 1, 'same', 3] as const),
  [3, 2, 'same', 3],
  [3, 2, 'valid', 3],
  [2, 1, 'valid', 2],
  [2, 3, 1, 3],
  [4, 2, 'same', 1],
  [2, 1, 'same', 5]
];

const conv2d = CONVOLUTIONS.map(([batch, stride, pad, side]): BackendCase => ({
  name: `conv2d: batch ${batch}, stride ${stride}, padding ${pad}, filter ${side}`,
  shapes: [
    [batch, 11, 13, 8],
    [side, side, 8, 6]
  ],
  except: exceptFor(pad),
  compute: (tf, [x, w]) => tf.conv2d(x as Tensor4D, w as Tensor4D, stride, pad)
}));

const depthwise = CONVOLUTIONS.map(([batch, stride, pad, side], k): BackendCase => ({
  name: `depthwiseConv2d: batch ${batch}, stride ${stride}, padding ${pad}, filter ${side}`,
  shapes: [
    [batch, 11, 13, 8],
    [side, side, 8, 1 + (k % 2)]
  ],
  except: exceptFor(pad),
  compute: (tf, [x, w]) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, stride, pad)
}));

const POOLS: readonly (readonly [number, number, number, 'same' | 'valid'])[] = [
  [1, 2, 2, 'valid'],
  [3, 2, 2, 'same'],
  [5, 3, 2, 'same'],
  [2, 3, 1, 'valid'],
  [4, 3, 3, 'same']
];

const pools = POOLS.flatMap(([batch, side, stride, pad]): BackendCase[] => {
  const said = `batch ${batch}, window ${side}, stride ${stride}, padding ${pad}`;
  const shapes = [[batch, 11, 13, 8]];
  const max: BackendCase = {
    ...{ name: `maxPool: ${said}`, shapes },
    compute: (tf, [x]) => tf.maxPool(x as Tensor4D, side, stride, pad)
  };
  const avg: BackendCase = {
    ...{ name: `avgPool: ${said}`, shapes },
    compute: (tf, [x]) => tf.avgPool(x as Tensor4D, side, stride, pad)
  };
  // Where a window reaches into the padding, the gradient of avgPool on cpu divides by the whole window; its value does not.
  return pad === 'valid' ? [max, avg] : [max];
});

const NORMALIZED: readonly (readonly [string, readonly number[]])[] = [
  ['images', [4, 7, 9, 8]],
  ['one image', [16, 9, 8]],
  ['rows', [150, 8]]
];

const others: readonly BackendCase[] = [
  {
    name: 'matMul',
    shapes: [
      [40, 60],
      [60, 30]
    ],
    compute: (tf, [a, b]) => tf.matMul(a, b)
  },
  {
    name: 'matMul, both transposed',
    shapes: [
      [60, 40],
      [30, 60]
    ],
    compute: (tf, [a, b]) => tf.matMul(a, b, true, true)
  },
  {
    name: 'arithmetic with broadcasting',
    shapes: [[50, 40], [40]],
    compute: (tf, [x, y]) => tf.div(tf.mul(tf.sub(x, y), x), tf.add(tf.square(y), 1))
  },
  {
    name: 'relu, sigmoid, tanh',
    shapes: [[40, 30]],
    compute: (tf, [x]) => tf.add(tf.relu(x), tf.mul(tf.sigmoid(x), tf.tanh(x)))
  },
  {
    name: 'exp, log, sqrt',
    shapes: [[40, 30]],
    compute: (tf, [x]) => tf.log(tf.add(tf.exp(x), tf.sqrt(tf.add(tf.square(x), 0.1))))
  },
  {
    name: 'softmax cross entropy',
    shapes: [
      [120, 10],
      [120, 10]
    ],
    compute: (tf, [x, y]) => tf.losses.softmaxCrossEntropy(tf.softmax(y), x),
    by: [1]
  },
  {
    name: 'mean and variance by axis',
    shapes: [[20, 8, 10]],
    compute: (tf, [x]) => {
      const { mean, variance } = tf.moments(x, [0, 1]);
      return tf.add(mean, variance);
    }
  },
  {
    name: 'batch normalisation',
    shapes: [[4, 7, 9, 8], [8], [8]],
    compute: (tf, [x, offset, scale]) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const given = [mean, variance, offset, scale] as Tensor1D[];
      return tf.batchNorm(x as Tensor4D, ...(given as [Tensor1D, Tensor1D, Tensor1D, Tensor1D]));
    }
  },
  ...NORMALIZED.map(([said, shape]): BackendCase => ({
    name: `batch normalisation in training, ${said}`,
    shapes: [shape, [8], [8]],
    compute: (tf, inputs) => normalized(tf, inputs).y
  })),
  {
    name: 'moving mean and variance of batches in training',
    shapes: [[4, 7, 9, 8], [8], [8], [8], [8]],
    compute: (tf, inputs) => {
      const { mean, variance } = normalized(tf, inputs);
      return tf.concat([mean, variance]);
    },
    by: []
  },
  {
    name: 'gradient of the gradient: batch normalisation in training, relu',
    shapes: [[4, 7, 9, 8], [8], [8]],
    compute: (tf, [x, ...affine]) => {
      const loss = (z: Tensor): Tensor =>
        tf.sum(tf.pow(tf.relu(normalized(tf, [z, ...affine]).y), 3));
      return tf.grad(loss)(x);
    }
  },
  {
    name: 'sum, max',
    shapes: [[30, 50]],
    compute: (tf, [x]) => tf.add(tf.sum(x, 1), tf.max(x, 1))
  },
  {
    name: 'gather, with rows twice and rows never',
    shapes: [[40, 30]],
    compute: (tf, [x]) => tf.gather(x, tf.tensor1d([3, 0, 39, 3, 3, 17], 'int32'))
  },
  {
    name: 'gather by a matrix of rows',
    shapes: [[40, 30]],
    compute: (tf, [x]) => tf.gather(x, tf.tensor2d([3, 0, 39, 3], [2, 2], 'int32'))
  },
  {
    name: 'einsum, all summed',
    shapes: [
      [30, 40],
      [40, 30]
    ],
    compute: (tf, inputs) => tf.einsum('ij,ji->', ...inputs),
    by: []
  },
  {
    name: 'einsum in batches, transposed',
    shapes: [
      [4, 20, 15],
      [4, 10, 15]
    ],
    compute: (tf, inputs) => tf.einsum('bij,bkj->bki', ...inputs),
    by: []
  },
  {
    name: 'concat, slice, pad, transpose',
    shapes: [
      [30, 40],
      [20, 40]
    ],
    compute: (tf, [a, b]) =>
      tf.transpose(
        tf.pad(tf.slice(tf.concat([a, b]), [5, 2], [40, 35]), [
          [1, 2],
          [0, 3]
        ])
      )
  },
  {
    name: 'tile',
    shapes: [[3, 1, 4, 5]],
    compute: (tf, [x]) => tf.tile(x, [2, 7, 1, 6])
  },
  {
    name: 'tile by the last dimension only',
    shapes: [[40, 30]],
    compute: (tf, [x]) => tf.tile(x, [1, 3])
  },
  {
    name: 'argMax',
    shapes: [[40, 30]],
    compute: (tf, [x]) => tf.cast(tf.argMax(x, 1), 'float32'),
    by: []
  }
];

/** All cases. */
export const backendCases: readonly BackendCase[] = [...conv2d, ...depthwise, ...pools, ...others];
