/** Graphs that are healed around engines which were killed, and engines that come back to their place. */
import { beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from 'decentlab';
import {
  clusterErrorOf,
  codesOf,
  enginePids,
  startCluster,
  stateWhere,
  valuesOf
} from '../real-cluster.js';

const SIZE = 4;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE });
  await cluster.execute('setTopology(ringGraph(size())); let kept = rank() * 10');
});

/** Kills the engine of a rank; resolves once the cluster knows. */
async function kill(rank: number): Promise<void> {
  process.kill(enginePids(cluster)[rank], 'SIGKILL');
  await stateWhere(cluster, ({ engines }) => engines[rank].state === 'lost');
}

describe('without rank 3 of a ring', () => {
  it('the survivors go on after heal, which says what W is worth', async () => {
    await kill(3);
    const report = await cluster.heal();
    expect(report).toMatchObject({
      absent: [3],
      survivors: [0, 1, 2],
      connected: { ok: true },
      doublyStochastic: { ok: true }
    });
    expect(report.rho).toBeCloseTo(2 / 3, 12);
    expect(String(report)).toBe(
      'The ring graph goes around rank 3; ranks 0, 1, 2 go on. W is doubly stochastic: averaging keeps the average of those who go on. ρ = 0.6667.'
    );
    expect(cluster.state.absent).toEqual([3]);
    expect(cluster.all.ranks).toEqual([0, 1, 2]);
    expect(await cluster.pull('kept')).toEqual([0, 10, 20]);
  });

  it.each<[string, string, (string | false)[]]>([
    ['the average', 'await allreduce(kept)', ['10', '10', '10']],
    ['the sum', 'await allreduce(kept, { average: false })', ['30', '30', '30']],
    ['a broadcast', 'await broadcast(kept, 2)', ['20', '20', '20']],
    ['a barrier', 'await barrier(); rank()', ['0', '1', '2']],
    ['partial averaging', 'Math.round(3 * (await neighborAllreduce(kept)))', ['10', '30', '50']],
    ['the size', 'size()', ['4', '4', '4']],
    ['the neighbours', 'inNeighborRanks().join() || "none"', ["'1'", "'0,2'", "'1'"]],
    ['the topology', 'loadTopology().name', Array<string>(3).fill("'ring without 3'")],
    [
      'a topology that is set now',
      'setTopology(fullyConnectedGraph(size())); const full = outNeighborRanks().join(); setTopology(ringGraph(size())); full',
      ["'1,2'", "'0,2'", "'0,1'"]
    ],
    [
      'a dynamic exchange',
      `await neighborAllreduce(kept, {
        selfWeight: 0, srcWeights: { [(rank() + 2) % 3]: 1 }, dstWeights: [(rank() + 1) % 3]
      })`,
      ['20', '0', '10']
    ]
  ])('%s is that of those who take part', async (_, cell, expected) => {
    expect(await valuesOf(cluster, cell)).toEqual(expected);
  });

  it.each([
    ['a root', 'await broadcast(1, 3)'],
    [
      'a source',
      'await neighborAllreduce(1, { selfWeight: 1, srcWeights: { 3: 1 }, dstWeights: [] })'
    ],
    [
      'a destination',
      'await neighborAllreduce(1, { selfWeight: 1, srcWeights: {}, dstWeights: [3] })'
    ]
  ])('%s that takes no part is an error that says so', async (_, cell) => {
    const error = await clusterErrorOf(cluster.execute(cell));
    expect(codesOf(error, 3)).toEqual(Array(3).fill('RANK_ABSENT'));
    expect(error.message).toContain('rank 3, which the graph goes around');
    expect(error.message).toContain('ranks 0, 1, 2 take part');
  });

  it('a cell that is sent to it nevertheless fails there', async () => {
    const error = await clusterErrorOf(cluster.ranks([2, 3]).execute('kept'));
    expect(error.errors).toMatchObject([{ rank: 3, error: { code: 'PEER_LOST' } }]);
  });

  it('a second one may go: the graph may fall apart, and heal says so', async () => {
    await kill(1);
    const report = await cluster.heal();
    expect(report).toMatchObject({ absent: [1, 3], connected: { ok: false }, rho: 1 });
    expect(String(report)).toContain('The survivors cannot all agree: Node 2 is cut off');
    expect(await valuesOf(cluster, 'await allreduce(kept)')).toEqual(['10', '10']);
    await cluster.restart(1);
    expect(cluster.state.absent).toEqual([3]);
    expect(await valuesOf(cluster, 'inNeighborRanks().length')).toEqual(['1', '2', '1']);
  });

  it('heal again changes nothing, and ends no call', async () => {
    const epoch = cluster.state.epoch;
    expect((await cluster.heal()).absent).toEqual([3]);
    expect(cluster.state.epoch).toBe(epoch);
  });

  it('a restart brings it back, with the topology and its weights', async () => {
    await cluster.restart(3);
    expect(cluster.state.absent).toEqual([]);
    expect(cluster.all.ranks).toEqual([0, 1, 2, 3]);
    expect(await valuesOf(cluster, 'loadTopology().name')).toEqual(Array(4).fill("'ring'"));
    expect(await valuesOf(cluster, '3 * (await neighborAllreduce(rank()))')).toEqual([
      '4',
      '3',
      '6',
      '5'
    ]);
    const { absent, rho } = await cluster.heal();
    expect(absent).toEqual([]);
    expect(rho).toBeCloseTo(1 / 3, 12);
  });
});

describe('a loop of exchanges', () => {
  it('that meets a dead rank goes on as soon as the graph is healed', async () => {
    const looping = cluster.execute(`
      let [x, healed, k] = [rank(), false, 0];
      while (k < 30) {
        try {
          x = await neighborAllreduce(x);
          if (healed) k++;
        } catch ({ code }) {
          if (code === 'GRAPH_HEALED') healed = true;
          else await new Promise(resolve => setTimeout(resolve, 10));
        }
      }
      globalThis.average = await allreduce(x);
      Math.abs(x - average) < 1e-4`);
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    await kill(0);
    await cluster.heal();
    expect(codesOf(await clusterErrorOf(looping), SIZE)).toEqual(['PEER_LOST', null, null, null]);
    const averages = await valuesOf(cluster, 'globalThis.average');
    expect(new Set(averages).size).toBe(1);
    await cluster.restart(0);
  });
});
