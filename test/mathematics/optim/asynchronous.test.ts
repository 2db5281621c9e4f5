/** Asynchronous algorithms in the simulator: paces that differ, any order of events, and the same numbers for a seed. */
import { describe, expect, it } from 'vitest';
import type { Communicator } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import {
  exponentialTwoGraph,
  ringGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import type { Algorithm, Node } from '../../../kernel-runtime/src/mathematics/optim/algorithm.js';
import { asyncDsgd } from '../../../kernel-runtime/src/mathematics/optim/async-dsgd.js';
import { asyncGradientPush } from '../../../kernel-runtime/src/mathematics/optim/async-gradient-push.js';
import { asyncPushSum } from '../../../kernel-runtime/src/mathematics/optim/async-push-sum.js';
import type { PushSumState } from '../../../kernel-runtime/src/mathematics/optim/push-sum.js';
import { iterate, stepsOf } from '../../../kernel-runtime/src/mathematics/optim/iterate.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { dot, norm } from '../../../kernel-runtime/src/mathematics/math/vectors.js';
import { sub } from '../../../kernel-runtime/src/mathematics/math/elementwise.js';
import {
  simulate,
  type SimulateOptions
} from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import type { SimulatedRank } from '../../../kernel-runtime/src/mathematics/simulate/rank.js';

const SIZE = 8;
const DIMENSION = 5;
/** Directed, and rows do not sum to 1 where columns do: plain averaging would end elsewhere. */
const lopsided = topologyFromWeights('lopsided', [
  [0.5, 0, 0, 0.5, 0],
  [0.5, 0.5, 0, 0, 0],
  [0, 0.5, 0.5, 0, 0.5],
  [0, 0, 0.5, 0.5, 0],
  [0, 0.25, 0, 0, 0.75]
]);
const start = (rank: number): Float64Array => random(11, rank).normal(DIMENSION);
const averageOf = (xs: readonly Float64Array[]): Float64Array =>
  xs[0].map((_, k) => xs.reduce((sum, x) => sum + x[k], 0) / xs.length);
/** Milliseconds of one step: rank 0 is ten times slower than the last one. */
const paceOf = (rank: number, size: number): number => 10 / (1 + (9 * rank) / (size - 1));

/** A node whose gradient x − c takes its time. */
function node(c: SimulatedRank, minimum: Float64Array, pace: number): Node {
  const gradient = (x: Float64Array): Float64Array => {
    c.compute(pace);
    return sub(x, minimum);
  };
  return { communicator: c, gradient };
}

interface Outcome extends PushSumState {
  count: number;
  windows: string[];
}

/** Push-sum at each rank's own pace, for so many simulated ms. */
async function consensus(where: SimulateOptions, duration: number): Promise<Outcome[]> {
  return simulate(where, async c => {
    const x0 = start(c.rank);
    const steps = stepsOf(asyncPushSum(), { x0, node: node(c, x0, 0) });
    await steps.state();
    let count = 0;
    for (; c.now() < duration; count++) {
      c.compute(paceOf(c.rank, c.size));
      await steps.next();
    }
    const { x, u, v } = await steps.finish();
    return { x, u, v, count, windows: c.getCurrentCreatedWindowNames() };
  });
}

describe('asynchronous push-sum', () => {
  it.each([
    ['free links', exponentialTwoGraph(SIZE), {}, 500],
    ['slow links', exponentialTwoGraph(SIZE), { latency: 3, bandwidth: 1e6 }, 1000],
    ['a one-way ring', ringGraph(SIZE, { connectStyle: 2 }), { latency: 1 }, 2500],
    ['a directed graph without doubly stochastic weights', lopsided, { latency: 1 }, 1000]
  ])(
    'agrees on the average, though paces differ by ten: %s',
    async (_, topology, link, duration) => {
      const results = await consensus({ topology, link }, duration);
      const average = averageOf(results.map((__, rank) => start(rank)));
      for (const { x, windows } of results) {
        expect(norm(sub(x, average))).toBeLessThan(1e-12);
        expect(windows).toEqual([]);
      }
      expect(results.at(-1)!.count / results[0].count).toBeGreaterThan(1.5);
      expect(results.reduce((sum, { v }) => sum + v, 0)).toBeCloseTo(topology.size, 12);
      results[0].u.forEach((__, k) => {
        const sum = results.reduce((total, { u }) => total + u[k], 0);
        expect(sum).toBeCloseTo(average[k] * topology.size, 12);
      });
    }
  );

  it('gives the same numbers for the same seed, and others for another', async () => {
    const run = (seed: number): Promise<Float64Array[]> =>
      simulate({ nodes: SIZE, seed }, async c => {
        const x0 = start(c.rank);
        return (await iterate(asyncPushSum(), { x0, node: node(c, x0, 0), iterations: 10 })).x;
      });
    const [one, again, other] = [await run(1), await run(1), await run(2)];
    expect([...again]).toEqual([...one]);
    expect([...other]).not.toEqual([...one]);
  });

  it('does without the ranks that have stopped: the last one keeps what nobody gives back', async () => {
    const results = await simulate(ringGraph(4), async c => {
      const x0 = start(c.rank);
      const iterations = c.rank === 0 ? 2000 : 200;
      return iterate(asyncPushSum(), { x0, node: node(c, x0, 0), iterations });
    });
    const average = averageOf([0, 1, 2, 3].map(start));
    for (const { x } of results) expect(norm(sub(x, average))).toBeLessThan(1e-10);
    expect(results.map(({ steps }) => steps)).toEqual([2000, 200, 200, 200]);
  });

  it('begins anew after a run that was stopped', async () => {
    const results = await simulate(3, async c => {
      const x0 = start(c.rank);
      const stopped = stepsOf(asyncPushSum(), { x0, node: node(c, x0, 0) });
      await stopped.state();
      await stopped.next();
      await c.barrier();
      const { x } = await iterate(asyncPushSum(), { x0, node: node(c, x0, 0), iterations: 200 });
      return x;
    });
    for (const x of results)
      expect(norm(sub(x, averageOf([0, 1, 2].map(start))))).toBeLessThan(1e-12);
  });
});

/** The last iterates of a gradient method, every rank at its own pace for the same time, and the steps it took. */
async function descend(
  algorithm: Algorithm,
  minimum: (rank: number) => Float64Array,
  duration: number
): Promise<{ x: Float64Array; steps: number }[]> {
  return simulate({ nodes: SIZE, link: { latency: 0.1 } }, c =>
    iterate(algorithm, {
      x0: new Float64Array(DIMENSION),
      node: node(c, minimum(c.rank), paceOf(c.rank, c.size)),
      iterations: 1e6,
      until: () => c.now() > duration
    })
  );
}

describe('asynchronous descent', () => {
  it.each([
    ['gradient push', asyncGradientPush({ gamma: 0.05 })],
    ['DSGD', asyncDsgd({ gamma: 0.05 })]
  ])('%s finds a minimum that all ranks share', async (_, algorithm) => {
    const results = await descend(algorithm, () => start(3), 1500);
    for (const { x } of results) expect(norm(sub(x, start(3)))).toBeLessThan(1e-6);
  });

  it('weighs the losses by the pace of their ranks', async () => {
    const results = await descend(asyncGradientPush({ gamma: 0.01 }), start, 3000);
    const total = results.reduce((sum, { steps }) => sum + steps, 0);
    const weighted = start(0).map((_, k) =>
      results.reduce((sum, { steps }, rank) => sum + (steps / total) * start(rank)[k], 0)
    );
    const plain = averageOf(results.map((_, rank) => start(rank)));
    const mean = averageOf(results.map(({ x }) => x));
    expect(norm(sub(mean, weighted))).toBeLessThan(0.05);
    expect(norm(sub(mean, weighted))).toBeLessThan(0.2 * norm(sub(plain, weighted)));
  });

  it('by window puts fits a linear regression as well as its noise allows', async () => {
    const [rows, noise] = [64, 1e-5];
    const truth = random(5).normal(16);
    const local = (rank: number): { A: Float64Array[]; b: number[] } => {
      const stream = random(6, rank);
      const A = Array.from({ length: rows }, () => stream.normal(16));
      return { A, b: A.map(a => dot(a, truth) + noise * stream.normal()) };
    };
    const errors = await simulate({ nodes: 4, link: { latency: 0.2 } }, async c => {
      const { A, b } = local(c.rank);
      const residuals = (x: Float64Array): number[] => A.map((a, r) => dot(a, x) - b[r]);
      const gradient = (x: Float64Array): Float64Array => {
        c.compute(paceOf(c.rank, c.size));
        const r = residuals(x);
        return x.map((_, d) => A.reduce((sum, a, row) => sum + (a[d] * r[row]) / rows, 0));
      };
      const { x } = await iterate(asyncDsgd({ gamma: 0.1 }), {
        x0: new Float64Array(16),
        node: { communicator: c, gradient },
        iterations: 1e6,
        until: () => c.now() > 4000
      });
      return residuals(x).reduce((sum, r) => sum + r * r, 0) / rows;
    });
    for (const error of errors) expect(error).toBeLessThan(1.5 * noise ** 2);
  });

  it('of DSGD is DSGD with the gradient at hand, when all ranks keep step', async () => {
    const gamma = 0.1;
    const [asynchronous, inStep] = await Promise.all([
      simulate(ringGraph(4), async c => {
        const steps = stepsOf(asyncDsgd({ gamma }), {
          x0: new Float64Array(DIMENSION),
          node: node(c, start(c.rank), 0)
        });
        let { x } = await steps.state();
        // A barrier on both sides of the reading makes every write the one of this step.
        for (let k = 0; k < 5; k++) ({ x } = await lockStep(c, x, gamma));
        return x;
      }),
      simulate(ringGraph(4), async c => {
        let x: Float64Array = new Float64Array(DIMENSION);
        for (let k = 0; k < 5; k++) {
          const g = sub(x, start(c.rank));
          const mixed = await c.neighborAllreduce(x);
          x = mixed.map((entry, d) => entry - gamma * g[d]);
        }
        return x;
      })
    ]);
    asynchronous.forEach((x, rank) => expect(norm(sub(x, inStep[rank]))).toBeLessThan(1e-14));
  });
});

async function lockStep(
  c: Communicator,
  x: Float64Array,
  gamma: number
): Promise<{ x: Float64Array }> {
  const g = sub(x, start(c.rank));
  await c.winPut(x, 'async-dsgd');
  await c.barrier();
  const mixed = await c.winUpdate<Float64Array>('async-dsgd');
  await c.barrier();
  return { x: mixed.map((entry, d) => entry - gamma * g[d]) };
}
