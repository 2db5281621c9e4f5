/** Whatever a rank waits in: an interrupt ends it, so does a restart of the rank that it waits for, and the next cell works. */
import { beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from 'decentlab';
import {
  clusterErrorOf,
  codesOf,
  controllerPid,
  enginePids,
  gone,
  startCluster,
  stateWhere,
  valuesOf
} from '../real-cluster.js';

const SIZE = 3;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE, stallAfter: 200 });
  await cluster.execute(`
    setTopology(ringGraph(size()));
    let kept = rank();
    const x = new Float64Array(10);
    const large = new Float64Array(2e6);`);
});

/** Ranks 0 and 1 wait in the call, and rank 2 never comes. */
async function begin(call: string): Promise<{ ended: Promise<(string | null)[]> }> {
  const cell = `if (rank() === 2) await new Promise(() => {}); else ${call}`;
  const running = clusterErrorOf(cluster.execute(cell));
  await stateWhere(cluster, ({ engines }) => engines[0].state === 'waiting');
  return { ended: running.then(error => codesOf(error, SIZE)) };
}

async function expectHealthy(): Promise<void> {
  expect(await valuesOf(cluster, 'await allreduce(rank())')).toEqual(['1', '1', '1']);
  expect(await cluster.ranks([0, 1]).pull('kept')).toEqual([0, 1]);
}

describe.each([
  ['an exchange', 'await neighborAllreduce(x)'],
  ['an exchange of much', 'await neighborAllreduce(large)'],
  ['a named exchange', 'await neighborAllreduce(x, { name: "x" })'],
  [
    'a dynamic exchange',
    'await neighborAllreduce(x, { selfWeight: 0.5, srcWeights: { 2: 0.5 }, dstWeights: [2] })'
  ],
  ['an all-reduce', 'await allreduce(large)'],
  ['a broadcast', 'await broadcast(x, 2)'],
  ['a barrier', 'await barrier()'],
  ['the making of a window', 'await winCreate(x, "w")'],
  ['two calls at once', 'await Promise.all([neighborAllreduce(x), allreduce(x)])']
])('%s that waits for a rank', (_, call) => {
  it('ends with an interrupt', async () => {
    const { ended } = await begin(call);
    await cluster.interrupt();
    expect(await ended).toEqual(Array(SIZE).fill('Interrupted'));
    await expectHealthy();
  });
});

it.each([
  ['an exchange', 'await neighborAllreduce(x)'],
  ['an all-reduce', 'await allreduce(large)'],
  ['a broadcast', 'await broadcast(x, 2)']
])('%s ends when the rank that it waits for is restarted', async (_, call) => {
  const { ended } = await begin(call);
  await cluster.restart(2);
  expect(await ended).toEqual(['PEER_LOST', 'PEER_LOST', 'ENGINE_REPLACED']);
  await cluster.ranks([2]).execute('let x = new Float64Array(10), large = new Float64Array(2e6)');
  await expectHealthy();
});

it('engines that compute end with their controller, and its clients are told', async () => {
  const pids = enginePids(cluster);
  const running = cluster.execute('while (true) $tick()');
  await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
  process.kill(controllerPid(cluster), 'SIGKILL');
  await expect(Promise.resolve(running)).rejects.toMatchObject({ code: 'CLUSTER_ENDED' });
  await gone(pids);
});
