/** A model of TensorFlow.js in exchanges: one vector of its trainable variables, written in place. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FlatParameters } from '../../../kernel-runtime/src/mathematics/communicator/flat.js';
import { describe as takeApart } from '../../../kernel-runtime/src/mathematics/communicator/values.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import type { SimulatedRank } from '../../../kernel-runtime/src/mathematics/simulate/rank.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';

type Model = import('@tensorflow/tfjs').Sequential;

const SIZE = 3;
let tf: Tensorflow;
beforeAll(async () => void (tf = await loadTensorflow()));
afterAll(() => tf.disposeVariables());

/** All weights are `value`; the moving mean and variance too. */
function modelOf(value: number): Model {
  const [dense, norm] = [
    tf.layers.dense({ units: 2, inputShape: [3] }),
    tf.layers.batchNormalization()
  ];
  const model = tf.sequential({ layers: [dense, norm] });
  tf.tidy(() => model.setWeights(model.getWeights().map(weight => tf.fill(weight.shape, value))));
  return model;
}

/** kernel, bias, gamma, beta; then the statistics. */
const TRAINED = 3 * 2 + 2 + 2 + 2;
const ALL = TRAINED + 4;

const valuesOf = (model: Model): number[] =>
  model.weights.flatMap(weight => Array.from(weight.read().dataSync()));

describe('A model of values 0, 1 and 2 by rank', () => {
  it.each<[string, (c: SimulatedRank, model: Model) => Promise<unknown>, number, number]>([
    ['neighborAllreduce', (c, model) => c.neighborAllreduce(model), 1, TRAINED],
    ['allreduce', (c, model) => c.allreduce(model), 1, TRAINED],
    ['broadcast', (c, model) => c.broadcast(model, 2), 2, TRAINED],
    ['pairGossip', (c, model) => c.pairGossip(model, [2, 1, 0][c.rank]), 1, TRAINED],
    ['broadcastParameters', (c, model) => c.broadcastParameters(model, 2), 2, ALL],
    ['allreduceParameters', (c, model) => c.allreduceParameters(model), 1, ALL],
    [
      'a window',
      async (c, model) => {
        await c.winCreate(model, 'w');
        await c.winPut(model, 'w');
        await c.barrier();
        const updated = await c.winUpdate('w');
        await c.barrier();
        await c.winFree('w');
        return updated;
      },
      1,
      TRAINED
    ]
  ])('is written by %s, and returned', async (_, exchange, wanted, count) => {
    const seen = await simulate(ringGraph(SIZE), async communicator => {
      const model = modelOf(communicator.rank);
      const isSame = (await exchange(communicator, model)) === model;
      const values = valuesOf(model);
      model.dispose();
      return { isSame, values };
    });
    seen.forEach(({ isSame, values }, rank) => {
      expect(isSame).toBe(true);
      expect(values).toHaveLength(ALL);
      values.slice(0, count).forEach(value => expect(value).toBeCloseTo(wanted, 6));
      expect(values.slice(count)).toEqual(values.slice(count).map(() => rank));
    });
  });

  it('travels in a record too, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const seen = await simulate(ringGraph(SIZE), async communicator => {
      const model = modelOf(communicator.rank);
      const { loss, net } = await communicator.allreduce({
        loss: 3 * communicator.rank,
        net: model
      });
      const values = valuesOf(net);
      model.dispose();
      return [loss, values[0]];
    });
    for (const [loss, value] of seen) {
      expect(loss).toBe(3);
      expect(value).toBeCloseTo(1, 6);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps what it was given, whatever becomes of the vector', async () => {
    const [variable, flat] = [tf.variable(tf.zeros([2])), Float32Array.of(1, 2)];
    const parameters = new FlatParameters([variable]);
    await parameters.write(flat);
    const read = await parameters.read();
    flat.fill(9);
    expect(Array.from(variable.dataSync())).toEqual([1, 2]);
    read.fill(8);
    expect(Array.from(variable.dataSync())).toEqual([1, 2]);
    variable.dispose();
  });
});

describe('What cannot be exchanged is said of', () => {
  it.each<[string, () => unknown, string]>([
    ['a gather of models', () => takeApart(modelOf(1), { isByRows: true }), 'received a model'],
    [
      'a model without variables',
      () => takeApart(tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2] })] })),
      'The exchanged value has no trainable variables. Build it first (give its first layer an `inputShape`)'
    ],
    [
      'a variable of whole numbers',
      () => new FlatParameters([tf.variable(tf.zeros([1], 'int32'), true, 'steps')]),
      'The variable steps of the model: expected float32, which is what models are exchanged in, received int32'
    ]
  ])('%s', (_, take, sentence) => {
    expect(take).toThrow(sentence);
  });
});
