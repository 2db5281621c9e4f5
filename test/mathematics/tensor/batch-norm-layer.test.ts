/** `tf.layers.batchNormalization` in training: by its formula, on a backend with one operation for it and on one without. */
import type { layers, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { mean } from '../../../kernel-runtime/src/mathematics/math/vectors.js';
import { torch } from '../../../kernel-runtime/src/mathematics/tensor/backends/torch.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { needsTorch } from '../../helpers/torch.js';

let tf: Tensorflow;
let usual: string;
beforeAll(async () => {
  tf = await loadTensorflow();
  usual = tf.getBackend();
  if (!torch.missing()) await torch.start(tf, 'cpu');
});

type Options = Parameters<(typeof layers)['batchNormalization']>[0];

const MOMENTUM = 0.9;
const EPSILON = 1e-3;
const product = (sides: number[]): number => sides.reduce((n, side) => n * side, 1);

/** Of each channel of x: its places, and the moments of its values. */
function channelsOf(x: Float32Array, shape: number[], axis: number) {
  const inner = product(shape.slice(axis + 1));
  return Array.from({ length: shape[axis] }, (_, channel) => {
    const places = Array.from(x.keys()).filter(
      p => Math.floor(p / inner) % shape[axis] === channel
    );
    const values = Float64Array.from(places, place => x[place]);
    const middle = mean(values);
    return { places, middle, variance: mean(values.map(value => (value - middle) ** 2)) };
  });
}

describe.each(['cpu', 'wasm', 'torch'])('A layer of batch normalisation on %s', backend => {
  if (backend === 'torch') needsTorch();

  it.each<[string, number[], Options]>([
    ['of images', [3, 5, 4, 2], {}],
    ['of rows', [12, 3], {}],
    ['of one row', [1, 3], {}],
    ['of series', [6, 7, 3], {}],
    ['without scale and offset', [3, 5, 4, 2], { scale: false, center: false }],
    ['with its channels named', [3, 5, 4, 2], { axis: 3 }],
    ['with its channels first', [3, 2, 5, 4], { axis: 1 }]
  ])('%s normalises, moves its statistics and leaves nothing', async (_, shape, options) => {
    await tf.setBackend(backend);
    const layer = tf.layers.batchNormalization({
      momentum: MOMENTUM,
      epsilon: EPSILON,
      ...options
    });
    const values = Float32Array.from(random(3).normal(product(shape)), z => 2 * z + 1);
    const x = tf.tensor(values, shape);
    layer.build(shape);
    const before = tf.memory().numTensors;
    const { kernelNames, result } = await tf.profile(
      () => layer.apply(x, { training: true }) as Tensor
    );
    expect(tf.memory().numTensors).toBe(before + 1);
    const tensors = [result as Tensor, layer.apply(x) as Tensor, ...layer.getWeights()];
    const read = await Promise.all(tensors.map(t => t.data()));
    await tf.setBackend(usual);
    expect(kernelNames.includes('BatchNormTraining')).toBe(backend !== 'cpu');
    const [trained, inferred] = read;
    const [movingMean, movingVariance] = read.slice(-2);
    channelsOf(values, shape, layer.getConfig()['axis'] === 1 ? 1 : shape.length - 1).forEach(
      ({ places, middle, variance }, channel) => {
        expect(movingMean[channel]).toBeCloseTo((1 - MOMENTUM) * middle, 5);
        expect(movingVariance[channel]).toBeCloseTo(MOMENTUM + (1 - MOMENTUM) * variance, 5);
        const by = (m: number, v: number, p: number) => (values[p] - m) / Math.sqrt(v + EPSILON);
        for (const p of places) {
          const moved = by(movingMean[channel], movingVariance[channel], p);
          expect(trained[p]).toBeCloseTo(by(middle, variance, p), 4);
          expect(inferred[p]).toBeCloseTo(moved, 4);
        }
      }
    );
  });
});
