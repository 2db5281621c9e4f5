/** The contract of the algorithms on eight real engines, and average consensus bit for bit as in the simulator. */
import { beforeAll, describe, expect, it } from 'vitest';

import reference from '../fixtures/reference/algorithms.json' with { type: 'json' };
import {
  algorithmNamed,
  algorithmNames,
  averageConsensus,
  designedLeastSquares,
  dsgd,
  exponentialTwoGraph,
  decentlam,
  iterate,
  leastSquares,
  mnistLogistic,
  noisyZigzag,
  onePeerExponential,
  random,
  randomLeastSquares,
  ringGraph,
  runExperiment,
  stepDecay,
  simulate,
  symmetricExponentialGraph,
  type Cluster,
  type Topology
} from 'decentlab';
import { algorithmContract, type Trajectory } from '../mathematics/contract/algorithms.js';
import { startCluster } from './real-cluster.js';

const SIZE = 8;
const DIMENSION = 5;
const ITERATIONS = 30;

/** The names of the engines' prelude, by the names that a contract program uses. */
const LIBRARY = 'const library = { leastSquares, iterate, zeros, algorithmNamed }';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE });
  await cluster.execute(LIBRARY);
});

async function setTopology({ name, W }: Topology): Promise<void> {
  await cluster.push({ W, name });
  await cluster.execute('setTopology(topologyFromWeights(name, W))');
}

/** The simulator, whose bits the engines have, goes further with all; roundings that add up show in these two. */
const LONG = new Set(['decentlam', 'extra']);

algorithmContract(
  'eight engines',
  async (topology, program, given) => {
    await setTopology(topology);
    await cluster.push({ given });
    await cluster.execute(
      `var trajectory = await (${program.toString()})(communicator(), library, given)`
    );
    return cluster.pull<Trajectory>('trajectory');
  },
  {
    mostIterations: ({ algorithm, graph, gamma }) =>
      LONG.has(algorithm) && graph === 'ring' && gamma === 1e-3 ? 1000 : 100
  }
);

it('average consensus gives the same bits on engines as in the simulator', async () => {
  const topology = symmetricExponentialGraph(SIZE);
  const simulated = await simulate(topology, async communicator => {
    const gradient = (x: Float64Array): Float64Array => x;
    const x0 = random(7, communicator.rank).normal(DIMENSION);
    const node = { communicator, gradient };
    return (await iterate(averageConsensus(), { x0, node, iterations: ITERATIONS })).x;
  });
  await setTopology(topology);
  await cluster.push({ DIMENSION, ITERATIONS });
  await cluster.execute(`{
    const x0 = random(7, rank()).normal(DIMENSION);
    const node = { communicator: communicator(), gradient: x => x };
    var { x } = await iterate(averageConsensus(), { x0, node, iterations: ITERATIONS });
  }`);
  expect(await cluster.pull('x')).toEqual(simulated);
});

describe('experiments on engines', () => {
  const problem = leastSquares({ A: reference.A, b: reference.b });
  const options = { gamma: 1e-3, beta: 0.5, tau: 4, period: 4 };

  it.each(algorithmNames)(
    '%s gives the same bits as in the simulator, on changing graphs',
    async name => {
      const algorithm = algorithmNamed(name, options);
      const setting = { problem, algorithm, topology: onePeerExponential(SIZE), iterations: 12 };
      const quiet = { ...setting, warn: () => undefined };
      const engines = await runExperiment({ ...quiet, engines: cluster });
      expect(engines).toEqual(await runExperiment(quiet));
      expect(Object.keys(engines.consensus)).toEqual(['0', '1', '2', '5', '10', '12']);
    }
  );

  it.each([
    ['MNIST by batches', mnistLogistic({ n: SIZE, count: 80, pool: 4, batch: 3 })],
    ['least squares by rows', randomLeastSquares({ n: SIZE, m: 9, d: 4, batch: 2 })],
    ['a set noise', designedLeastSquares({ n: SIZE, m: 6, d: 2, sigma2: 50, batch: 1 })],
    ['normal noise', noisyZigzag({ n: SIZE, sigma2: 3, batch: 4 })]
  ])('draw the same samples as the simulator: %s', async (_, problem) => {
    const options = { problem, algorithm: dsgd({ gamma: 1e-3 }), topology: ringGraph(SIZE) };
    const run = { ...options, iterations: 12, seed: 5 };
    const simulated = await runExperiment(run);
    expect((await runExperiment({ ...run, engines: cluster })).x).toEqual(simulated.x);
    expect((await runExperiment({ ...run, seed: 6 })).x).not.toEqual(simulated.x);
  });

  it('send the values of a schedule, and the text of a method of your own', async () => {
    const scheduled = dsgd({ gamma: stepDecay(2e-3, { at: [3, 6] }) });
    const own = {
      name: 'own',
      init: (x: Float64Array) => ({ x }),
      async step({ x }: { x: Float64Array }, node: Parameters<typeof scheduled.step>[1]) {
        const g = await node.gradient(x);
        return {
          x: await node.communicator.neighborAllreduce(x.map((entry, i) => entry - 1e-3 * g[i]))
        };
      }
    };
    const made = ({ gamma }: { gamma: (k: number) => number }) => ({
      ...own,
      options: { gamma },
      step: async ({ x }: { x: Float64Array }, node: Parameters<typeof own.step>[1], k: number) => {
        const g = await node.gradient(x);
        return { x: x.map((entry, i) => entry - gamma(k) * g[i]) };
      }
    });
    for (const algorithm of [scheduled, own, made({ gamma: k => 1e-3 / (k + 1) })]) {
      const setting = { problem, algorithm, topology: ringGraph(SIZE), iterations: 9 };
      const engines = await runExperiment({ ...setting, engines: cluster });
      expect(engines).toEqual(await runExperiment(setting));
    }
  });

  it('draw the samples of their seed and step on both sides', async () => {
    const noisy = randomLeastSquares({ n: SIZE, batch: 3, seed: 2 });
    const algorithm = algorithmNamed('exact-diffusion-svrg', { gamma: 1e-3, tau: 3 });
    const setting = {
      problem: noisy,
      algorithm,
      topology: ringGraph(SIZE),
      iterations: 8,
      seed: 5
    };
    const engines = await runExperiment({ ...setting, engines: cluster });
    expect(engines).toEqual(await runExperiment(setting));
    const other = await runExperiment({ ...setting, seed: 6 });
    expect(other.relativeError[8]).not.toBe(engines.relativeError[8]);
  });

  it('report divergence, warnings and progress as the simulator does', async () => {
    const told: string[][] = [[], []];
    const results = await Promise.all(
      [cluster, undefined].map((engines, i) =>
        runExperiment({
          ...{ problem, topology: exponentialTwoGraph(SIZE), iterations: 400, at: 'all' as const },
          algorithm: decentlam({ gamma: 1e-3, beta: 0.9 }),
          warn: text => told[i].push(text),
          ...(engines && { engines })
        })
      )
    );
    expect(results[0].diverged).toEqual(results[1].diverged);
    expect(results[0].relativeError).toEqual(results[1].relativeError);
    expect(results[0].diverged).toMatchObject({ iteration: 92, rank: 0 });
    expect(Object.keys(results[0].relativeError)).toHaveLength(92);
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toHaveLength(1);
  });

  it('name what a method of your own misses there, and are stopped by their signal', async () => {
    const secret = 1e-3;
    const step = (state: { x: Float64Array }): Promise<{ x: Float64Array }> =>
      Promise.resolve({ x: state.x.map(entry => entry * secret) });
    const own = { name: 'own', init: (x: Float64Array) => ({ x }), step };
    const setting = { problem, topology: ringGraph(SIZE), engines: cluster };
    await expect(runExperiment({ ...setting, algorithm: own, iterations: 3 })).rejects.toThrow(
      /secret is not defined on the engines/
    );
    const controller = new AbortController();
    const run = runExperiment({
      ...{ ...setting, algorithm: dsgd({ gamma: 1e-3 }), iterations: 1e9 },
      signal: controller.signal,
      onProgress: ({ iteration }) => iteration > 1 && controller.abort()
    });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
