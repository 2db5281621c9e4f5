/** The methods around a rule are those of the literature: with SGD and momentum they give the bits of the named algorithms. */
import { describe, expect, it } from 'vitest';

import {
  exponentialTwoGraph,
  ringGraph
} from '../../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { scheduleOf } from '../../../../kernel-runtime/src/mathematics/graph/schedules.js';
import { topologyFromWeights } from '../../../../kernel-runtime/src/mathematics/graph/edges.js';
import { identity } from '../../../../kernel-runtime/src/mathematics/math/matrices.js';
import type { Algorithm } from '../../../../kernel-runtime/src/mathematics/optim/algorithm.js';
import { adam } from '../../../../kernel-runtime/src/mathematics/optim/around/adam.js';
import { adaptThenCombine } from '../../../../kernel-runtime/src/mathematics/optim/around/adapt-then-combine.js';
import { adaptWithCombine } from '../../../../kernel-runtime/src/mathematics/optim/around/adapt-with-combine.js';
import { gradientAllreduce } from '../../../../kernel-runtime/src/mathematics/optim/around/gradient-allreduce.js';
import { sgd } from '../../../../kernel-runtime/src/mathematics/optim/around/sgd.js';
import { algorithmNamed } from '../../../../kernel-runtime/src/mathematics/optim/by-name.js';
import { iterate } from '../../../../kernel-runtime/src/mathematics/optim/iterate.js';
import { slowMomentum } from '../../../../kernel-runtime/src/mathematics/optim/slowmo.js';
import { simulate } from '../../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { loadTensorflow } from '../../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';
import { distance, problem, run } from '../network.js';

const [gamma, beta, iterations] = [1e-3, 0.8, 40];
const plain = sgd({ gamma });
const heavy = sgd({ gamma, beta });
const ahead = sgd({ gamma, beta, nesterov: true });

describe('A method around SGD', () => {
  it.each<[string, Algorithm, Record<string, unknown>?]>([
    ['dsgd', adaptThenCombine(plain)],
    ['dmsgd', adaptThenCombine(heavy)],
    ['dmsgd', adaptThenCombine(ahead), { nesterov: true }],
    ['awc-dgd', adaptWithCombine(plain)],
    ['awc-dmsgd', adaptWithCombine(heavy)],
    ['slowmo', slowMomentum(adaptThenCombine(heavy), { tau: 7 }), { tau: 7 }],
    ['psgd', gradientAllreduce(plain)],
    ['pmsgd', gradientAllreduce(heavy)],
    ['pmsgd', gradientAllreduce(ahead), { nesterov: true }]
  ])('is %s, bit for bit', async (name, algorithm, options) => {
    const named = algorithmNamed(name, { gamma, beta, ...options });
    expect(await run(algorithm, { iterations })).toEqual(await run(named, { iterations }));
  });

  it('averages over machines as over ranks, where every machine is one rank', async () => {
    const ends = (communication: 'neighborAllreduce' | 'hierarchicalNeighborAllreduce') =>
      simulate({ topology: ringGraph(8), nodesPerMachine: 1 }, async communicator => {
        communicator.setMachineTopology(ringGraph(8));
        const node = { ...problem.local(communicator.rank), communicator };
        const algorithm = adaptThenCombine(heavy, { communication });
        const x0 = new Float64Array(problem.dimension);
        return (await iterate(algorithm, { x0, node, iterations })).x;
      });
    const [byRank, byMachine] = [
      await ends('neighborAllreduce'),
      await ends('hierarchicalNeighborAllreduce')
    ];
    expect(distance(byMachine, byRank)).toBeLessThan(1e-14);
  });

  it('refuses a kind of communication that is none', () => {
    const communication = 'gossip' as 'empty';
    expect(() => adaptThenCombine(plain, { communication })).toThrow(
      'adaptThenCombine, communication: expected one of neighborAllreduce'
    );
  });
});

describe('Local steps', () => {
  const I = topologyFromWeights('alone', identity(8));
  const W = exponentialTwoGraph(8);

  it.each(['dsgd', 'dmsgd', 'decentlam', 'qg-dmsgd', 'd2', 'atc-gt', 'extra'])(
    '%s with an exchange in every third step is that on the graphs I, I, W',
    async name => {
      const algorithm = algorithmNamed(name, { gamma, beta });
      const ends = (
        stepsPerCommunication: number,
        topology: typeof W | ReturnType<typeof scheduleOf>
      ) =>
        simulate(W, async communicator => {
          const node = { ...problem.local(communicator.rank), communicator, warn: () => undefined };
          const x0 = new Float64Array(problem.dimension);
          return (
            await iterate(algorithm, { x0, node, iterations: 20, stepsPerCommunication, topology })
          ).x;
        });
      expect(await ends(3, W)).toEqual(
        await ends(
          1,
          scheduleOf(3, k => [I, I, W][k])
        )
      );
    }
  );

  it('counts a schedule of graphs by exchanges', async () => {
    const [A, B] = [ringGraph(8), W];
    const ends = (stepsPerCommunication: number, topology: ReturnType<typeof scheduleOf>) =>
      simulate(W, async communicator => {
        const node = { ...problem.local(communicator.rank), communicator };
        const where = { x0: new Float64Array(problem.dimension), node, iterations: 10 };
        const algorithm = algorithmNamed('dmsgd', { gamma, beta });
        return (await iterate(algorithm, { ...where, stepsPerCommunication, topology })).x;
      });
    const rarely = await ends(
      2,
      scheduleOf(2, k => [A, B][k])
    );
    expect(rarely).toEqual(
      await ends(
        1,
        scheduleOf(4, k => [I, A, I, B][k])
      )
    );
  });
});

it('Adam takes the steps of TensorFlow.js', async () => {
  const tf = await loadTensorflow();
  const target = [3, -1, 0.5];
  const x = tf.variable(tf.tensor1d([0, 0, 0]));
  const reference = tf.train.adam(0.1, 0.8, 0.99, 1e-7);
  const rule = adam({ gamma: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-7 });
  let [own, memory] = [Float64Array.of(0, 0, 0), rule.init(Float64Array.of(0, 0, 0))];
  for (let k = 0; k < 30; k++) {
    reference.minimize(() => x.sub(target).square().mul([1, 10, 0.1]).sum().asScalar(), false, [x]);
    const g = own.map((entry, i) => 2 * [1, 10, 0.1][i] * (entry - target[i]));
    const step = rule.step(memory, { x: own, g }, k);
    [own, memory] = [own.map((entry, i) => entry - step.descent[i]), step.memory];
  }
  const wanted = x.dataSync();
  own.forEach((entry, i) => expect(entry).toBeCloseTo(wanted[i], 4));
  reference.dispose();
  x.dispose();
});
