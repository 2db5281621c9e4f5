/** Every method of the talk's tables trains a model as it solves a problem on plain vectors, in float32 throughout. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ringGraph } from '../../../../kernel-runtime/src/mathematics/graph/circulant.js';
import type { Vector } from '../../../../kernel-runtime/src/mathematics/math/matrix.js';
import type { Node, State } from '../../../../kernel-runtime/src/mathematics/optim/algorithm.js';
import {
  algorithmNamed,
  algorithmNames
} from '../../../../kernel-runtime/src/mathematics/optim/by-name.js';
import { stepsOf } from '../../../../kernel-runtime/src/mathematics/optim/iterate.js';
import { optimizerOf } from '../../../../kernel-runtime/src/mathematics/optim/models/distributed-optimizer.js';
import { layerSizes } from '../../../../kernel-runtime/src/mathematics/optim/models/layer-sizes.js';
import { cosine, warmUp } from '../../../../kernel-runtime/src/mathematics/optim/rates.js';
import { simulate } from '../../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import {
  INPUTS,
  linearModel,
  meanSquaredError,
  OUTPUTS,
  shardOf,
  type Shard
} from './regression.js';

const [SIZE, STEPS] = [4, 12];
const ring = ringGraph(SIZE);

let tf: Tensorflow;
beforeAll(async () => void (tf = await loadTensorflow()));
afterAll(() => tf.disposeVariables());

/** ∇ of the mean squared error on the vector (kernel, bias), by the formula and in plain float32. */
function gradientOf({ xs, ys }: Shard): Node['gradient'] {
  const [X, Y] = [xs.dataSync(), ys.dataSync()];
  const samples = xs.shape[0];
  return x => {
    const g = new Float32Array(x.length);
    for (let s = 0; s < samples; s++) {
      for (let o = 0; o < OUTPUTS; o++) {
        let residual = x[INPUTS * OUTPUTS + o] - Y[s * OUTPUTS + o];
        for (let i = 0; i < INPUTS; i++) residual += X[s * INPUTS + i] * x[i * OUTPUTS + o];
        const slope = (2 * residual) / (samples * OUTPUTS);
        for (let i = 0; i < INPUTS; i++) g[i * OUTPUTS + o] += slope * X[s * INPUTS + i];
        g[INPUTS * OUTPUTS + o] += slope;
      }
    }
    return g as unknown as Vector;
  };
}

/** Warm-up and half a cosine, whose last step is 0. */
const gamma = warmUp(cosine(0.1, { steps: STEPS }), 3);
const layers = [INPUTS * OUTPUTS, OUTPUTS];
const methods = algorithmNames
  .filter(name => name !== 'push-sum' && name !== 'average-consensus')
  .map(
    name => [name, algorithmNamed(name, { gamma, beta: 0.9, tau: 4, layers, eta: 0.1 })] as const
  );

describe('On a model', () => {
  it.each(methods)('%s goes as on plain vectors, and keeps float32', async (_, algorithm) => {
    const ends = await simulate(ring, async communicator => {
      const shard = shardOf(tf, communicator.rank, 8);
      const model = linearModel(tf);
      const optimizer = await optimizerOf(model, algorithm, { communicator });
      const x0 = optimizer.x.slice() as unknown as Vector;
      for (let k = 0; k < STEPS; k++)
        await optimizer.minimize(() => meanSquaredError(model, shard));
      const node = { communicator, gradient: gradientOf(shard), warn: () => undefined };
      const steps = stepsOf<State>(algorithm, { x0, node });
      for (let k = 0; k < STEPS; k++) await steps.next();
      const state = await steps.state();
      const arrays = Object.values(state).filter(value => ArrayBuffer.isView(value));
      tf.dispose([shard.xs, shard.ys]);
      model.dispose();
      return { trained: optimizer.x, plain: state.x, arrays, x0 };
    });
    for (const { trained, plain, arrays, x0 } of ends) {
      expect(arrays.every(array => array instanceof Float32Array)).toBe(true);
      const scale = Math.hypot(...plain.map((entry, i) => entry - x0[i]));
      expect(scale).toBeGreaterThan(1e-3);
      expect(Math.hypot(...plain.map((entry, i) => entry - trained[i]))).toBeLessThan(
        2e-5 * Math.max(scale, 0.1)
      );
    }
  });

  it('knows its layers', () => {
    const model = linearModel(tf);
    expect(layerSizes(model)).toEqual(layers);
    model.dispose();
  });
});
