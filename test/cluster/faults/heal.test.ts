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
  cluster = await startCluster({ engines: SIZE, nodesPerMachine: 2 });
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
    ],
    [
      'a gathering',
      '(await allgather(Float64Array.of(kept))).join()',
      ["'0,10,20'", "'0,10,20'", "'0,10,20'"]
    ],
    [
      'a gathering of neighbours',
      '(await neighborAllgather(Float64Array.of(kept))).join()',
      ["'10'", "'0,20'", "'10'"]
    ],
    ['a pair', 'await pairGossip(kept, [1, 0, 2][rank()])', ['5', '5', '20']],
    [
      'an exchange of machines',
      'setMachineTopology(fullyConnectedGraph(machineSize())); await hierarchicalNeighborAllreduce(kept)',
      ['12.5', '12.5', '12.5']
    ],
    [
      'a window that is made now',
      "await winCreate(kept, 'new'); await winPut(kept, 'new'); await barrier(); const sum = await winUpdateThenCollect('new'); await winFree('new'); sum",
      ['10', '30', '30']
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
    ],
    [
      'a source without a check',
      'await neighborAllreduce(1, { selfWeight: 1, srcWeights: { 3: 1 }, dstWeights: [], enableTopoCheck: false })'
    ],
    ['a source to gather from', 'await neighborAllgather([1], { srcRanks: [3], dstRanks: [] })'],
    ['a destination to gather at', 'await neighborAllgather([1], { srcRanks: [], dstRanks: [3] })'],
    ['a partner', 'await pairGossip(1, 3)'],
    ['a partner without a check', 'await pairGossip(1, 3, { enableTopoCheck: false })'],
    ['a root of parameters', 'await broadcastParameters({ w: new Float64Array(2) }, 3)']
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

  it('heal at once after a kill waits for its end, and goes around that rank', async () => {
    await cluster.kill(2);
    expect((await cluster.heal()).absent).toEqual([2, 3]);
    expect(cluster.state.engines[2].state).toBe('lost');
    await cluster.restart(2);
    await cluster.ranks([2]).execute('let kept = 20');
    expect(cluster.state.absent).toEqual([3]);
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

describe('a window that was made before', () => {
  it('is used without the rank that is missing', async () => {
    await cluster.execute(`setTopology(ringGraph(size()));
      const near = inNeighborRanks();
      await winCreate(10 * rank(), 'old', { zeroInit: true }); void 0`);
    await kill(3);
    await cluster.heal();
    const cell = `
      const present = near.filter(j => j !== 3);
      await winPut(10 * rank(), 'old', { dstWeights: present });
      await barrier();
      await winUpdate('old', { selfWeight: 0, neighborWeights: Object.fromEntries(present.map(j => [j, 1])), clone: true })`;
    expect(await valuesOf(cluster, cell)).toEqual(['10', '20', '10']);
  });

  it.each([
    ['of a put', "await winPut(1, 'old', { dstWeights: [3] })"],
    ['of a put to all', "await winPut(1, 'old')"],
    ['of an accumulate', "await winAccumulate(1, 'old', { dstWeights: { 3: 1 } })"],
    ['of a get', "await winGet('old', { srcWeights: [3] })"],
    ['of a mutex', "await winMutex('old', { ranks: [3] }, () => 1)"]
  ])('says of the rank %s that it takes no part', async (_, cell) => {
    const error = await clusterErrorOf(cluster.ranks([0, 2]).execute(cell));
    expect(codesOf(error, 3)).toEqual(['RANK_ABSENT', null, 'RANK_ABSENT']);
    expect(error.message).toContain('rank 3, which the graph goes around');
  });
});
