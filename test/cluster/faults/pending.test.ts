/** Whatever a rank waits in: an interrupt ends it, so does a restart of the rank that it waits for, and the next cell works. */
import { beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from 'decentlab';
import {
  clusterErrorOf,
  codesOf,
  controllerPid,
  enginePids,
  gone,
  noticeWith,
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

describe('a report of a call that waits names the line where it is awaited', () => {
  it.each([
    ['at once', '// first\nawait barrier();', 'barrier for rank 2, at execute, line 2.'],
    ['later', 'const late = barrier();\n\nawait late;', 'barrier for rank 2, at execute, line 3.'],
    [
      'among others',
      'await Promise.all([\n  Promise.resolve(),\n  allreduce(x)\n]);',
      'allreduce (average) for rank 2, at execute, line 1.'
    ],
    [
      'in a function',
      'async function meet() {\n  for (;;) await barrier({ name: "m" });\n}\nawait meet();',
      'barrier "m" for rank 2, at execute, line 2.'
    ],
    [
      'by an algorithm',
      '\nawait communicator().allreduce(x);',
      'allreduce (average) for rank 2, at execute, line 2.'
    ],
    ['on a window', 'await winCreate(x, "w");', 'winCreate "w" for rank 2, at execute, line 1.'],
    [
      'nowhere',
      'barrier().catch(() => undefined); await new Promise(() => {});',
      'barrier for rank 2.'
    ]
  ])('%s', async (_, code, expected) => {
    const notice = noticeWith(cluster, expected);
    const ended = clusterErrorOf(cluster.ranks([0, 1]).execute(`${code}`));
    await notice;
    await cluster.interrupt();
    await ended;
    await expectHealthy();
  });

  it('and tells of two that wait for each other under different names in one sentence', async () => {
    const cell = `const other = 1 - rank(), plan = { selfWeight: 0.5, srcWeights: { [other]: 0.5 }, dstWeights: [other], enableTopoCheck: false };
      if (rank() === 0)
        await neighborAllreduce(1, { name: 'a', ...plan });
      else
        await neighborAllreduce(1, { name: 'b', ...plan });`;
    const { message } = await clusterErrorOf(cluster.ranks([0, 1]).execute(cell));
    expect(message).toContain(
      'rank 0 called neighborAllreduce with the name "a" (execute, line 3) and waits for rank 1, but rank 1 called neighborAllreduce with the name "b" (execute, line 5) and waits for rank 0.'
    );
    await expectHealthy();
  });
});

it('engines that compute end with their controller, and its clients are told', async () => {
  const pids = enginePids(cluster);
  const running = cluster.execute('while (true) $tick()');
  await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
  process.kill(controllerPid(cluster), 'SIGKILL');
  await expect(Promise.resolve(running)).rejects.toMatchObject({ code: 'CLUSTER_ENDED' });
  await gone(pids);
});
