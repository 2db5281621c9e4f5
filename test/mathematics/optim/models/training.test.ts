/** What a training loop relies on: accumulation, decay, statistics, memory, and errors in words. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Communicator } from '../../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import { ringGraph } from '../../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { decentlam } from '../../../../kernel-runtime/src/mathematics/optim/decentlam.js';
import { dsgd } from '../../../../kernel-runtime/src/mathematics/optim/dsgd.js';
import { gradientTracking } from '../../../../kernel-runtime/src/mathematics/optim/gradient-tracking.js';
import { optimizerOf } from '../../../../kernel-runtime/src/mathematics/optim/models/distributed-optimizer.js';
import type { DistributedOptions } from '../../../../kernel-runtime/src/mathematics/optim/models/options.js';
import { pmsgd } from '../../../../kernel-runtime/src/mathematics/optim/pmsgd.js';
import { simulate } from '../../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import {
  loadTensorflow,
  type Tensorflow
} from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { linearModel, meanSquaredError, shardOf, smallNet } from './regression.js';

const ring = ringGraph(3);
type Options = Omit<DistributedOptions, 'communicator'>;

let tf: Tensorflow;
beforeAll(async () => void (tf = await loadTensorflow()));
afterAll(() => tf.disposeVariables());

/** Parameters after one step of DSGD on the losses that are given, by rank. */
const stepOf = (
  losses: (
    model: ReturnType<typeof linearModel>,
    rank: number
  ) => (() => unknown) | (() => unknown)[],
  options: Options & { samples?: number[] } = {}
): Promise<Float32Array[]> =>
  simulate(ring, async communicator => {
    const { samples, ...rest } = options;
    const model = linearModel(tf);
    const optimizer = await optimizerOf(model, dsgd({ gamma: 0.1 }), { communicator, ...rest });
    await optimizer.minimize(losses(model, communicator.rank), samples && { samples });
    model.dispose();
    return optimizer.x;
  });

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((x, i) => x - b[i]));

describe('Training a model', () => {
  it('accumulates the gradients of micro-batches of unequal size to that of all samples', async () => {
    const { xs, ys } = shardOf(tf, 0, 10);
    const part = (from: number, count: number) => ({
      xs: xs.slice([from], [count]),
      ys: ys.slice([from], [count])
    });
    const whole = await stepOf(model => () => meanSquaredError(model, { xs, ys }));
    const sizes = [4, 5, 1];
    const parts = await stepOf(
      model => sizes.map((count, i) => () => meanSquaredError(model, part([0, 4, 9][i], count))),
      { samples: sizes }
    );
    const unweighted = await stepOf(model =>
      sizes.map((count, i) => () => meanSquaredError(model, part([0, 4, 9][i], count)))
    );
    expect(distance(parts[0], whole[0])).toBeLessThan(1e-6);
    expect(distance(unweighted[0], whole[0])).toBeGreaterThan(1e-3);
    tf.dispose([xs, ys]);
  });

  it('decays the variables that it is told to', async () => {
    const shard = shardOf(tf, 0, 4);
    const loss = (model: ReturnType<typeof linearModel>) => () => meanSquaredError(model, shard);
    const bare = await stepOf(loss);
    const decays = (name: string): boolean => name.endsWith('kernel');
    const all = await stepOf(loss, { weightDecay: 0.5, rootRank: 1 });
    const some = await stepOf(loss, { weightDecay: 0.5, decays });
    // The bias is 0 at first.
    const none = await stepOf(loss, { weightDecay: 0.5, decays: name => name.endsWith('bias') });
    expect(none[0]).toEqual(bare[0]);
    const model = linearModel(tf);
    const [kernel] = model.getWeights().map(weight => weight.dataSync());
    // x − γ (g + δ x) instead of x − γ g.
    some[0].forEach((x, i) => expect(x).toBeCloseTo(bare[0][i] - 0.1 * 0.5 * (kernel[i] ?? 0), 6));
    expect(distance(all[0], some[0])).toBeLessThan(1e-6);
    model.dispose();
    tf.dispose([shard.xs, shard.ys]);
  });

  it.each(['local', 'averaged'] as const)(
    'keeps statistics of batch normalization %s',
    async statistics => {
      const means = await simulate(ring, async communicator => {
        const [model, shard] = [smallNet(tf, communicator.rank), shardOf(tf, communicator.rank)];
        const optimizer = await optimizerOf(model, dsgd({ gamma: 0.1 }), {
          communicator,
          statistics
        });
        for (let k = 0; k < 3; k++) await optimizer.minimize(() => meanSquaredError(model, shard));
        const mean = await model.layers[1].getWeights()[2].data();
        model.dispose();
        tf.dispose([shard.xs, shard.ys]);
        return mean as Float32Array;
      });
      const apart = distance(means[0], means[1]);
      // The ring of three averages exactly.
      if (statistics === 'averaged') expect(apart).toBeLessThan(1e-6);
      else expect(apart).toBeGreaterThan(1e-2);
    }
  );

  it('begins with the weights of rank 0, of another rank, or with its own', async () => {
    const begins = (rootRank: number | null) =>
      simulate(ring, async communicator => {
        const model = linearModel(tf, communicator.rank);
        const { x } = await optimizerOf(model, dsgd({ gamma: 0.1 }), { communicator, rootRank });
        const own = linearModel(tf, communicator.rank);
        const mine = distance(x, own.getWeights()[0].dataSync() as Float32Array);
        model.dispose();
        own.dispose();
        return { x, mine };
      });
    const [zero, two, each] = [await begins(0), await begins(2), await begins(null)];
    expect(zero[2].x).toEqual(zero[0].x);
    expect(two[0].x).toEqual(two[2].x);
    expect(two[0].x).not.toEqual(zero[0].x);
    expect(each[1].x).not.toEqual(each[0].x);
  });

  it('makes no tensor that it does not dispose of', async () => {
    const [grown] = await simulate(ring, async communicator => {
      const [model, shard] = [smallNet(tf), shardOf(tf, communicator.rank, 4)];
      const options: DistributedOptions = {
        communicator,
        statistics: 'averaged',
        weightDecay: 1e-3
      };
      const optimizer = await optimizerOf(model, decentlam({ gamma: 0.1, beta: 0.5 }), options);
      const step = async (): Promise<void> => {
        await optimizer.minimize([
          () => meanSquaredError(model, shard),
          () => meanSquaredError(model, shard)
        ]);
        await communicator.neighborAllreduce(model);
        await communicator.barrier();
      };
      await step();
      const before = tf.memory().numTensors;
      for (let k = 0; k < 20; k++) await step();
      const after = tf.memory().numTensors;
      await communicator.barrier();
      return after - before;
    });
    expect(grown).toBe(0);
  });
});

describe('A training loop is told', () => {
  const run = (work: (communicator: Communicator) => Promise<unknown>) => simulate(ring, work);
  const train = (
    loss: (model: ReturnType<typeof linearModel>, rank: number) => unknown,
    more: Options & { samples?: number; algorithm?: Parameters<typeof optimizerOf>[1] } = {}
  ) =>
    run(async communicator => {
      const { samples, algorithm = dsgd({ gamma: 0.1 }), ...options } = more;
      const model = linearModel(tf);
      const optimizer = await optimizerOf(model, algorithm, { communicator, ...options });
      const given = loss(model, communicator.rank) as () => unknown;
      const before = optimizer.x.slice();
      try {
        await optimizer.minimize(given, samples === undefined ? {} : { samples });
      } catch (error) {
        // Nothing has changed.
        const [kernel] = model.getWeights().map(weight => weight.dataSync());
        expect(optimizer.x).toEqual(before);
        expect(before.subarray(0, kernel.length)).toEqual(kernel);
        expect(optimizer.k).toBe(0);
        throw error;
      }
    });
  const fine = (model: ReturnType<typeof linearModel>) => () => {
    const shard = shardOf(tf, 0, 2);
    return meanSquaredError(model, shard);
  };

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'of a gradient that is NaN, and where',
      () =>
        train(
          (model, rank) => () =>
            rank === 1
              ? model.trainableWeights[1].read().square().sum().sqrt().add(fine(model)())
              : fine(model)()
        ),
      'The gradient on rank 1 in step 0 is not finite (3 of 51 entries; the first is NaN, in dense_Dense'
    ],
    [
      'of a loss that is NaN',
      () => train((model, rank) => () => fine(model)().mul(rank === 2 ? NaN : 1)),
      'The loss on rank 2 in step 0 is not finite (NaN). Nothing was sent'
    ],
    [
      'of a loss that is NaN where a step has led to',
      () => {
        let calls = 0;
        const loss = (model: ReturnType<typeof linearModel>) => () =>
          fine(model)().mul(calls++ < ring.size ? 1 : NaN);
        return train(loss, { algorithm: gradientTracking({ gamma: 0.1 }) });
      },
      'in step 0 is not finite (NaN)'
    ],
    [
      'of a batch of no samples',
      () => train(fine, { samples: 0 }),
      'minimize, samples: expected at least 1 in every batch, a whole number, received 0.'
    ],
    ['of an empty list of losses', () => train(() => []), 'received an empty list'],
    [
      'of a loss that is no scalar',
      () => train(model => () => model.trainableWeights[0].read()),
      'received a tensor of type float32 and shape [16, 3]'
    ],
    [
      'of a loss that is a number',
      () => train(() => () => 3),
      'received a number, which leaves no trace'
    ],
    ['of a loss that promises', () => train(() => async () => tf.scalar(1)), 'received a promise'],
    [
      'of a loss that has nothing to do with the model',
      () => train(() => () => tf.scalar(1)),
      'expected a loss that depends on the variables of this model'
    ],
    [
      'of no local steps',
      () => train(fine, { stepsPerCommunication: 0 }),
      'distributedOptimizer, stepsPerCommunication: expected a whole number >= 1, received 0'
    ],
    [
      'of local steps where gradients are averaged',
      () => train(fine, { stepsPerCommunication: 4, algorithm: pmsgd({ gamma: 0.1 }) }),
      'expected 1 with pmsgd, which averages gradients: give minimize a list of 4 losses instead, received 4'
    ],
    [
      'of a decay below 0',
      () => train(fine, { weightDecay: -1 }),
      'distributedOptimizer, weightDecay: expected a number >= 0'
    ],
    [
      'of statistics of no kind',
      () => train(fine, { statistics: 'global' as 'local' }),
      "expected 'local' or 'averaged', received global"
    ],
    [
      'of a model without trainable variables',
      () =>
        run(async communicator => {
          const model = linearModel(tf);
          model.layers[0].trainable = false;
          await optimizerOf(model, dsgd({ gamma: 1 }), { communicator });
        }),
      'distributedOptimizer: the model has no trainable variables. Build it first'
    ],
    [
      'of a constraint, which the algorithm would not see',
      () =>
        run(async communicator => {
          const kernelConstraint = tf.constraints.nonNeg();
          const layer = tf.layers.dense({ units: 1, inputShape: [2], kernelConstraint });
          const model = tf.sequential({ layers: [layer] });
          await optimizerOf(model, dsgd({ gamma: 1 }), { communicator });
        }),
      'expected a variable without a constraint'
    ],
    [
      'of what is no model',
      () =>
        run(
          async communicator =>
            void (await optimizerOf({} as never, dsgd({ gamma: 1 }), { communicator }))
        ),
      'distributedOptimizer, model: expected a tf.LayersModel or a list of tf.Variable, received object'
    ],
    [
      'of models that differ between ranks',
      () =>
        run(async communicator => {
          const model = communicator.rank === 1 ? smallNet(tf) : linearModel(tf);
          await optimizerOf(model, dsgd({ gamma: 1 }), { communicator });
        }),
      'model of 16x3, 3 (float32[51])'
    ],
    [
      'of a second step before the end of the first',
      () =>
        run(async communicator => {
          const model = linearModel(tf);
          const optimizer = await optimizerOf(model, dsgd({ gamma: 1 }), { communicator });
          await Promise.all([optimizer.minimize(fine(model)), optimizer.minimize(fine(model))]);
        }),
      'DistributedOptimizer: expected one call after the other (await each)'
    ]
  ])('%s', async (_, work, sentence) => {
    await expect(work()).rejects.toThrow(sentence);
  });
});
