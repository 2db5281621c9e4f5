/** What happens to calls when a rank fails, dies, disagrees or never comes. Real processes, really killed. */
import { beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from 'decentlab';
import { SOON_MS } from '../../helpers/busy-machine.js';
import {
  clusterErrorOf,
  codesOf,
  enginePids,
  gone,
  noticeWith,
  startCluster,
  stateWhere,
  valuesOf
} from '../real-cluster.js';

const SIZE = 4;
const STALL_AFTER_MS = 200;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE, stallAfter: STALL_AFTER_MS });
  await cluster.execute('setTopology(ringGraph(size())); let kept = rank() + 1');
});

/** The next exchange over all works, and gives the average of all. */
async function expectHealthy(): Promise<void> {
  expect(await valuesOf(cluster, 'await allreduce(rank())')).toEqual(Array(SIZE).fill('1.5'));
  expect(await valuesOf(cluster, 'await neighborAllreduce(1)')).toEqual(Array(SIZE).fill('1'));
}

describe('a disagreement', () => {
  it.each([
    ['another shape', 'await neighborAllreduce(new Float64Array(rank() === 2 ? 3 : 5))', '[3]'],
    [
      'another type',
      'await allreduce(rank() === 1 ? Float32Array.of(1) : Float64Array.of(1))',
      'float32'
    ],
    ['another operation', 'await (rank() === 3 ? barrier() : allreduce(1))', 'barrier'],
    [
      'another topology',
      'if (rank() === 0) setTopology(starGraph(size())); await neighborAllreduce(1)',
      'topology'
    ]
  ])('%s on one rank is one error with one text on every rank', async (_, cell, word) => {
    const error = await clusterErrorOf(cluster.execute(cell));
    expect(codesOf(error, SIZE)).toEqual(Array(SIZE).fill('DISAGREEMENT'));
    expect(new Set(error.errors.map(each => each.error.message)).size).toBe(1);
    expect(error.message).toContain(word);
    await cluster.execute('setTopology(ringGraph(size()))');
    await expectHealthy();
  });

  it('fails also the ranks whose cell had ended well, and the next call of a rank that computes', async () => {
    const cell = `
      if (rank() < 2) await neighborAllreduce(new Float64Array(rank() + 1), { dstWeights: [1 - rank()], srcWeights: { [1 - rank()]: 1 }, selfWeight: 0, enableTopoCheck: false });
      else if (rank() === 2) { await new Promise(resolve => setTimeout(resolve, 100)); await barrier(); }`;
    const error = await clusterErrorOf(cluster.execute(cell));
    expect(codesOf(error, SIZE)).toEqual(Array(SIZE).fill('DISAGREEMENT'));
    expect(new Set(error.errors.map(each => each.error.message)).size).toBe(1);
    await expectHealthy();
  });
});

describe('a rank that fails', () => {
  it('rejects the ranks that wait for it, with its name and its error', async () => {
    const cell = 'if (rank() === 1) throw new TypeError("no data"); await barrier()';
    const error = await clusterErrorOf(cluster.execute(cell));
    expect(codesOf(error, SIZE)).toEqual([
      'PEER_FAILED',
      'TypeError',
      'PEER_FAILED',
      'PEER_FAILED'
    ]);
    for (const { error: each } of error.errors) expect(each.message).toContain('no data');
    expect(error.message.split('\n')[0]).toBe('Engine 1 failed: TypeError: no data');
    await expectHealthy();
  });

  it('does not disturb ranks that do not need it', async () => {
    const error = await clusterErrorOf(
      cluster.execute('if (rank() === 2) throw new Error("alone"); kept')
    );
    expect(codesOf(error, SIZE)).toEqual([null, null, 'Error', null]);
    await expectHealthy();
  });

  it('leaves nothing behind for calls of the next cell', async () => {
    // Rank 0 fails after its neighbours have got its first value, but not its second.
    const cell =
      'await neighborAllreduce(1); if (rank() === 0) throw new Error("halfway"); await neighborAllreduce(2)';
    await clusterErrorOf(cluster.execute(cell));
    await expectHealthy();
  });
});

describe('a rank that never comes', () => {
  it('is named with what it does, and who waits for it', async () => {
    const notice = noticeWith(
      cluster,
      /have waited .* in barrier for rank 3, at execute, line 1\. .*Rank 3 has not come/
    );
    const call = cluster.execute(
      'await (rank() === 3 ? new Promise(resolve => (globalThis.go = resolve)) : barrier())'
    );
    await notice;
    const { engines } = await stateWhere(cluster, state => state.engines[0].state === 'waiting');
    expect(engines[0].detail).toContain('barrier');
    await cluster.interrupt();
    await clusterErrorOf(call);
    await expectHealthy();
  });

  it('is named when its cell has ended already', async () => {
    const notice = noticeWith(cluster, 'Rank 2 will not come: execute ended there');
    const call = cluster.execute('if (rank() !== 2) await barrier()');
    await notice;
    await cluster.interrupt();
    expect(codesOf(await clusterErrorOf(call), SIZE)[2]).toBeNull();
    await expectHealthy();
  });

  it('is named when the cell does not run there', async () => {
    const notice = noticeWith(cluster, 'Rank 3 does not run this cell');
    const call = cluster.ranks([0, 1, 2]).execute('await barrier()');
    await notice;
    await cluster.interrupt();
    await clusterErrorOf(call);
    await expectHealthy();
  });
});

describe('an engine that is killed', () => {
  it('is named in every call that depends on it; others finish, variables survive, a restart brings it back', async () => {
    const notice = noticeWith(cluster, 'The engine of rank 3 has ended');
    const waiting = cluster.execute(
      'if (rank() === 3) await new Promise(() => {}); await barrier()'
    );
    await stateWhere(cluster, state => state.engines[0].state === 'waiting');
    const started = performance.now();
    process.kill(enginePids(cluster)[3], 'SIGKILL');
    const error = await clusterErrorOf(waiting);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    expect(codesOf(error, SIZE)).toEqual(Array(SIZE).fill('PEER_LOST'));
    for (const each of error.errors) expect(each.error.message).toContain('rank 3');
    await notice;

    expect(cluster.state.engines[3]).toMatchObject({
      state: 'lost',
      detail: expect.stringContaining('signal SIGKILL')
    });
    expect(await cluster.ranks([0, 1, 2]).pull('kept')).toEqual([1, 2, 3]);
    const alone = await clusterErrorOf(cluster.execute('kept'));
    expect(codesOf(alone, SIZE)).toEqual([null, null, null, 'PEER_LOST']);
    // Around the ring, ranks 0 and 2 need rank 3 and rank 1 does not.
    const ring = await clusterErrorOf(
      cluster.execute('await neighborAllreduce(1, { enableTopoCheck: false })')
    );
    expect(codesOf(ring, SIZE)).toEqual(['PEER_LOST', null, 'PEER_LOST', 'PEER_LOST']);

    await cluster.restart(3);
    expect(cluster.state.engines[3].state).toBe('idle');
    // The new engine has the topology of the others.
    expect(await valuesOf(cluster, 'loadTopology().name')).toEqual(Array(SIZE).fill("'ring'"));
    await expectHealthy();
    expect(await cluster.ranks([0, 1, 2]).pull('kept')).toEqual([1, 2, 3]);
  });

  it('does not stop a cell that runs without it', async () => {
    const call = cluster
      .ranks([0, 1])
      .execute('await new Promise(resolve => (globalThis.go = resolve)); kept');
    const [, , pid] = enginePids(cluster);
    process.kill(pid, 'SIGKILL');
    await stateWhere(cluster, state => state.engines[2].state === 'lost');
    await cluster.restart(2);
    await gone([pid]);
    await cluster.interrupt();
    expect(codesOf(await clusterErrorOf(call), 2)).toEqual(['Interrupted', 'Interrupted']);
    await expectHealthy();
  });

  it.each([
    ['the same rank', 2, 2],
    ['one rank and all', 2, undefined],
    ['all and one rank', undefined, 2]
  ])('is there again for everybody who restarts it: %s', async (_, rank, later) => {
    const [pid] = enginePids(cluster);
    const first = cluster.restart(rank);
    const second = cluster.restart(later);
    await stateWhere(cluster, state => state.engines[2].state === 'starting');
    await Promise.all([first, second, cluster.restart(later)]);
    expect(cluster.state.engines.map(({ state }) => state)).toEqual(Array(SIZE).fill('idle'));
    expect(enginePids(cluster).includes(pid)).toBe(rank === later);
    await cluster.execute('setTopology(ringGraph(size()))');
    await expectHealthy();
  });

  it('may end itself: process.exit in a cell is a lost rank', async () => {
    const error = await clusterErrorOf(cluster.ranks([1]).execute('process.exit(3)'));
    expect(error.errors).toMatchObject([{ rank: 1, error: { code: 'PEER_LOST' } }]);
    expect(error.message).toContain('has ended (exit code 3); its variables are gone');
    expect(cluster.state.engines[1].detail).toBe('exit code 3');
    await cluster.restart();
    expect(cluster.state.engines.map(({ state }) => state)).toEqual(Array(SIZE).fill('idle'));
    await expectHealthy();
  });
});
