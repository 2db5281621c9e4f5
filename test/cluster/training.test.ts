/** Training on real engines: to the bits of the simulator, and through a kill -9 to the bits of a run that had none. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  algorithmNamed,
  distributedOptimizer,
  loadCheckpoint,
  loadTensorflow,
  onePeerExponential,
  random,
  ringGraph,
  saveCheckpoint,
  simulate,
  type Cluster
} from 'decentlab';
import { clusterErrorOf, startCluster } from './real-cluster.js';
import { LIBRARY_ON_ENGINES, train, type Given, type Library } from './training-program.js';

const SIZE = 4;

let cluster: Cluster;
let library: Library;

const prepare = () => cluster.execute(LIBRARY_ON_ENGINES);

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE });
  const tf = await loadTensorflow();
  library = {
    tf,
    algorithmNamed,
    distributedOptimizer,
    loadCheckpoint,
    onePeerExponential,
    random,
    saveCheckpoint
  };
  await prepare();
});
afterAll(() => library.tf.disposeVariables());

async function onEngines(given: Given): Promise<Float32Array[]> {
  await cluster.push({ given });
  await cluster.execute(`var ended = await (${train.toString()})(communicator(), library, given)`);
  return [...(await cluster.pull<Float32Array>('ended'))];
}

const inSimulator = (given: Given): Promise<Float32Array[]> =>
  simulate(ringGraph(SIZE), communicator => train(communicator, library, given));

describe('On engines', () => {
  it.each([
    'pmsgd',
    'pmsgd-lars',
    'dmsgd',
    'da-dmsgd',
    'awc-dmsgd',
    'slowmo',
    'qg-dmsgd',
    'd2-dmsgd',
    'decentlam'
  ])('%s trains a model to the bits of the simulator', async method => {
    const given = { method, steps: 6 };
    expect(await onEngines(given)).toEqual([...(await inSimulator(given))]);
  });

  it('DmSGD does so on one peer a step', async () => {
    const given = { method: 'dmsgd', steps: 6, onePeer: true };
    expect(await onEngines(given)).toEqual([...(await inSimulator(given))]);
  });

  it('a model is one message: averaged, or taken from one rank, in place', async () => {
    const values = `[before, await neighborAllreduce(m) === m, await read(), await broadcast(m, 2) === m, await read()]`;
    await cluster.execute(`const m = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
      m.setWeights([tf.fill([2, 1], rank()), tf.fill([1], 10 * rank())]);
      const read = async () => Array.from(await tf.concat(m.getWeights().map(w => w.flatten())).data());
      const before = await read();
      var seen = ${values};`);
    const seen = await cluster.pull<[number[], boolean, number[], boolean, number[]]>('seen');
    seen.forEach(([before, isSame, average, isSameToo, taken], rank) => {
      const mean = (rank + ((rank + 1) % SIZE) + ((rank + 3) % SIZE)) / 3;
      expect(before).toEqual([rank, rank, 10 * rank]);
      [mean, mean, 10 * mean].forEach((entry, i) => expect(average[i]).toBeCloseTo(entry, 5));
      expect([isSame, isSameToo]).toEqual([true, true]);
      [2, 2, 20].forEach((entry, i) => expect(taken[i]).toBeCloseTo(entry, 5));
    });
  });

  it('a run that is killed goes on from its checkpoint to the same bits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'decentlab-run-'));
    const given = { method: 'decentlam', steps: 9 };
    const whole = await onEngines(given);
    const error = await clusterErrorOf(onEngines({ ...given, folder, killAfter: 5 }));
    expect(error.message).toContain('rank 1');
    expect(readdirSync(join(folder, 'step-3'))).toHaveLength(SIZE);
    // A rank that does not hear rank 1 may have come further, alone.
    expect(existsSync(join(folder, 'step-6', 'rank-1.checkpoint'))).toBe(false);
    await cluster.restart();
    await prepare();
    expect(await onEngines({ ...given, folder })).toEqual(whole);
    rmSync(folder, { recursive: true, force: true });
  });
});
