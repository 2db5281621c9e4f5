/** A whole cluster on several hosts, one of which is cut off: no socket reports it, and everybody hears of it in time. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster, ClusterState } from 'decentlab';
import { titleWith } from '../../helpers/lab.js';
import { clusterErrorOf, codesOf, stateWhere, valuesOf } from '../real-cluster.js';
import { startOnHosts } from './cluster-on-hosts.js';
import { Hosts, whyNoHosts } from './hosts.js';

const SIZE = 3;
const HEARTBEAT_MS = 1_500;
const whyNot = whyNoHosts();

function isIn(rank: number, condition: string): (state: ClusterState) => boolean {
  return ({ engines }) => engines[rank].state === condition;
}

describe.skipIf(whyNot)(titleWith('a host', whyNot), () => {
  let hosts: Hosts;
  let cluster: Cluster;

  beforeAll(async () => {
    hosts = new Hosts(SIZE);
    cluster = await startOnHosts(hosts, { heartbeat: HEARTBEAT_MS });
    await cluster.execute('setTopology(fullyConnectedGraph(size())); let kept = rank() + 1');
  });
  afterAll(async () => {
    await cluster?.stop();
    hosts?.remove();
  });

  const sums = (): Promise<unknown[]> =>
    valuesOf(cluster, 'await allreduce(kept, { average: false })');

  it('exchanges with the others over its cable', async () => {
    expect(await sums()).toEqual(['6', '6', '6']);
  });

  it('that is cut off is silent for all; calls that need it name it, and heal goes on', async () => {
    const call = cluster.execute('while (true) await neighborAllreduce(new Float64Array(20_000))');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    const notice = once(cluster, 'notice');
    hosts.cut(2);
    await stateWhere(cluster, isIn(2, 'silent'));
    expect(String(await notice)).toContain('Rank 2 is frozen or cut off');
    const error = await clusterErrorOf(call);
    // Whoever hears first that another one has failed is told why.
    for (const code of codesOf(error, SIZE)) expect(['PEER_LOST', 'PEER_FAILED']).toContain(code);
    for (const { error: each } of error.errors.slice(0, 2))
      expect(each.message).toContain('rank 2, which is frozen or cut off');
    expect((await cluster.heal()).absent).toEqual([2]);
    expect(await sums()).toEqual(['3', '3']);
  });

  it('that is reached again comes back with its variables', async () => {
    hosts.mend(2);
    await stateWhere(cluster, isIn(2, 'idle'));
    expect((await cluster.heal()).absent).toEqual([]);
    expect(await sums()).toEqual(['6', '6', '6']);
  });

  it('is the one that calls name, also where it was the first to notice', async () => {
    const pids = [0, 1].map(rank => cluster.state.engines[rank].pid ?? NaN);
    const call = cluster.execute('while (true) await neighborAllreduce(new Float64Array(20_000))');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    hosts.cut(2);
    // Those who have slept for more than half the limit give others their time anew.
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await pause(0.6 * HEARTBEAT_MS);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const error = await clusterErrorOf(call);
    for (const { error: each } of error.errors.slice(0, 2))
      expect(each).toMatchObject({
        code: 'PEER_LOST',
        message: expect.stringContaining('rank 2, which is frozen or cut off') as string
      });
    hosts.mend(2);
    await stateWhere(cluster, isIn(2, 'idle'));
    expect((await cluster.heal()).absent).toEqual([]);
    expect(await sums()).toEqual(['6', '6', '6']);
  });

  it('is the one that heal goes around, however early it is called and whoever noticed first', async () => {
    const call = cluster.execute('while (true) await neighborAllreduce(new Float64Array(20_000))');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    hosts.cut(0);
    await clusterErrorOf(call);
    expect((await cluster.heal()).absent).toEqual([0]);
    expect(await sums()).toEqual(['5', '5']);
    await stateWhere(cluster, isIn(0, 'silent'));
    hosts.mend(0);
    await stateWhere(cluster, isIn(0, 'idle'));
    expect((await cluster.heal()).absent).toEqual([]);
  });

  it('whose engine dies behind a cut cable leaves half-open sockets, which hold up nobody', async () => {
    const call = cluster.execute('while (true) await neighborAllreduce(new Float64Array(20_000))');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    hosts.cut(1);
    process.kill(cluster.state.engines[1].pid ?? NaN, 'SIGKILL');
    const error = await clusterErrorOf(call);
    expect(codesOf(error, SIZE)).toEqual(['PEER_LOST', 'PEER_LOST', 'PEER_LOST']);
    hosts.mend(1);
    await cluster.restart(1);
    await cluster.ranks([1]).execute('let kept = 2');
    expect(await sums()).toEqual(['6', '6', '6']);
  });

  it('that stops reading in the middle of a large payload is named, and comes back', async () => {
    const pid = cluster.state.engines[1].pid ?? NaN;
    const call = cluster.execute('while (true) await neighborAllreduce(new Float64Array(2e6))');
    await stateWhere(cluster, ({ engines }) => engines.every(({ state }) => state === 'busy'));
    process.kill(pid, 'SIGSTOP');
    await stateWhere(cluster, isIn(1, 'silent'));
    const error = await clusterErrorOf(call);
    expect(codesOf(error, SIZE)).toEqual(['PEER_LOST', 'PEER_LOST', 'PEER_LOST']);
    process.kill(pid, 'SIGCONT');
    await stateWhere(cluster, isIn(1, 'idle'));
    expect(await sums()).toEqual(['6', '6', '6']);
  });
});
