/** Processes that are there and say nothing: frozen by SIGSTOP, which no socket reports. */
import { once } from 'node:events';

import { beforeAll, describe, expect, it } from 'vitest';

import { Cluster, type ClusterState } from 'decentlab';
import {
  clusterErrorOf,
  codesOf,
  controllerPid,
  enginePids,
  startCluster,
  stateWhere,
  valuesOf
} from '../real-cluster.js';

const SIZE = 4;
const HEARTBEAT_MS = 2_500;

function isIn(rank: number, condition: string): (state: ClusterState) => boolean {
  return ({ engines }) => engines[rank].state === condition;
}

describe('an engine that is frozen', () => {
  let cluster: Cluster;
  let pid: number;

  beforeAll(async () => {
    cluster = await startCluster({ engines: SIZE, heartbeat: HEARTBEAT_MS });
    await cluster.execute('setTopology(ringGraph(size())); let kept = rank() + 1');
    pid = enginePids(cluster)[2];
  });

  it('is named in the calls that need it; those that do not, finish', async () => {
    const call = cluster.execute(`
      if (rank() === 0) while (true) $tick();
      const near = rank() === 2 ? [1, 3] : [2];
      const srcWeights = Object.fromEntries(near.map(other => [other, 0.5]));
      const options = { selfWeight: 0.5, srcWeights, dstWeights: near, enableTopoCheck: false };
      while (true) await neighborAllreduce(1, options)`);
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    const notice = once(cluster, 'notice');
    process.kill(pid, 'SIGSTOP');
    await stateWhere(cluster, isIn(2, 'silent'));
    expect(String(await notice)).toContain('Rank 2 is frozen or cut off');
    expect(cluster.state.engines[2].detail).toContain('no sign of life');
    // It has computed for longer than the limit, without a pause.
    expect(cluster.state.engines[0].state).toBe('busy');
    await cluster.interrupt();
    const error = await clusterErrorOf(call);
    expect(codesOf(error, SIZE)).toEqual(['Interrupted', 'PEER_LOST', 'PEER_LOST', 'PEER_LOST']);
    for (const { rank, error: each } of error.errors)
      if (rank > 0) expect(each.message).toContain('rank 2, which is frozen or cut off');
    expect(await cluster.ranks([0]).pull('kept')).toEqual([1]);
  });

  it('does not keep the others waiting: they go on after heal', async () => {
    expect((await cluster.heal()).absent).toEqual([2]);
    expect(await valuesOf(cluster, 'await allreduce(kept, { average: false })')).toEqual(
      Array(3).fill('7')
    );
    const error = await clusterErrorOf(cluster.ranks([2]).execute('kept'));
    expect(codesOf(error, SIZE)[2]).toBe('PEER_LOST');
  });

  it('comes back with its variables when it wakes, and heal takes it in again', async () => {
    const notice = once(cluster, 'notice');
    process.kill(pid, 'SIGCONT');
    await stateWhere(cluster, isIn(2, 'idle'));
    expect(String(await notice)).toContain('cluster.heal() takes it in again');
    const apart = await clusterErrorOf(cluster.ranks([2]).execute('await barrier()'));
    expect(codesOf(apart, SIZE)[2]).toBe('RANK_ABSENT');
    expect((await cluster.heal()).absent).toEqual([]);
    expect(await cluster.pull('kept')).toEqual([1, 2, 3, 4]);
    expect(await valuesOf(cluster, 'await allreduce(kept, { average: false })')).toEqual(
      Array(SIZE).fill('10')
    );
  });

  it('that wakes without a heal has its cell stopped, and takes part in the next one', async () => {
    const call = cluster.execute('while (true) { await neighborAllreduce(1); kept++; }');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    process.kill(pid, 'SIGSTOP');
    await stateWhere(cluster, isIn(2, 'silent'));
    await clusterErrorOf(call);
    process.kill(pid, 'SIGCONT');
    await stateWhere(cluster, isIn(2, 'idle'));
    expect(await valuesOf(cluster, 'await neighborAllreduce(1)')).toEqual(Array(SIZE).fill('1'));
    const counts = await cluster.pull<number>('kept');
    expect(await cluster.pull('kept')).toEqual(counts);
  });

  it('may be restarted at its place', async () => {
    process.kill(pid, 'SIGSTOP');
    await cluster.restart(2);
    expect(enginePids(cluster)[2]).not.toBe(pid);
    expect(await valuesOf(cluster, 'await neighborAllreduce(1)')).toEqual(Array(SIZE).fill('1'));
  });
});

describe('a controller that is frozen', () => {
  it('is named in the calls of its clients; who connects again later finds the variables', async () => {
    const cluster = await startCluster({ engines: 2, heartbeat: HEARTBEAT_MS });
    await cluster.push({ kept: 7 });
    const pid = controllerPid(cluster);
    process.kill(pid, 'SIGSTOP');
    const error: unknown = await Promise.resolve(cluster.pull('kept')).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'CONTROLLER_SILENT' });
    expect(String(error)).toContain(`process ${pid}`);
    await expect(cluster.heal()).rejects.toMatchObject({ code: 'CONTROLLER_SILENT' });
    process.kill(pid, 'SIGCONT');
    const again = await Cluster.connect(cluster.id);
    expect(await again.pull('kept')).toEqual([7, 7]);
    await again.stop();
  });
});
