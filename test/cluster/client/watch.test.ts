/** Watching clusters from outside: stats of engines, processes that are ended for a lesson, and what keeps nothing alive. */
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { ClusterWatch } from '../../../kernel-runtime/dist/cluster/client/cluster-watch.js';
import { allWanted, type EngineStats } from '../../../kernel-runtime/src/cluster/protocol/stats.js';
import { controllerPid, startCluster, stateWhere, valuesOf } from '../real-cluster.js';

type Told = [id: string, rank: number, stats: EngineStats];

const watch = new ClusterWatch();
afterAll(() => watch.end());

/** The first stats that pass, of all that come: those of several ranks may be read at once. */
const statsWhere = (test: (told: Told) => boolean): Promise<EngineStats> =>
  new Promise(resolve => {
    const listener = (...told: Told): void => {
      if (!test(told)) return;
      watch.off('stats', listener);
      resolve(told[2]);
    };
    watch.on('stats', listener);
  });

describe('a watched cluster', () => {
  it('tells of each engine its row of W, its traffic and its variables', async () => {
    const cluster = await startCluster({ engines: 3, topology: 'star' });
    await watch.begin();
    await cluster.execute(
      'let x = Float64Array.of(3, 4); x = await neighborAllreduce(x); const lone = rank();'
    );
    const connection = watch.connection(cluster.id);
    connection?.send({ type: 'watch', isOn: true, wanted: { variables: ['x'], isTimed: false } });
    const leaf = await statsWhere(([id, rank]) => id === cluster.id && rank === 2);
    expect(leaf).toMatchObject({ sources: [0], picked: { x: [3, 4] } });
    expect(leaf.peers[0]).toMatchObject({ rank: 0, receivedBytes: 16, sentBytes: 16 });
    expect(leaf.peers[0].receivedMessages).toBeGreaterThan(0);
    expect(leaf.variables).toContainEqual({
      ...{ name: 'x', type: 'Float64Array', shape: [2] },
      norm: 5
    });
    const hub = await statsWhere(([, rank]) => rank === 0);
    expect(hub.sources).toEqual([1, 2]);
    expect(hub.selfWeight + hub.weights[0] + hub.weights[1]).toBeCloseTo(1, 12);
    const wanted = { variables: [], isTimed: false, isBrief: true };
    connection?.send({ type: 'watch', isOn: true, wanted });
    const brief = await statsWhere(([, rank, { variables }]) => rank === 2 && !variables.length);
    expect(brief.peers[0].receivedMessages).toBe(leaf.peers[0].receivedMessages);
    expect(brief.at).toBeGreaterThan(leaf.at);
    connection?.send({ type: 'watch', isOn: false });
  });

  it('is looked at as closely as one of those who watch wants', () => {
    const brief = { variables: [], isTimed: false, isBrief: true };
    const timed = { variables: ['x'], isTimed: true };
    expect(allWanted([brief, brief])).toEqual(brief);
    expect(allWanted([brief, timed])).toEqual({ ...timed, isBrief: false });
    expect(allWanted([timed, { variables: ['x', 'y'], isTimed: false }])).toEqual({
      ...{ variables: ['x', 'y'], isTimed: true, isBrief: false }
    });
  });

  it('tells what its engines spend their time on if that is wanted, beside a timeline that is recorded', async () => {
    const cluster = await startCluster({ engines: 2 });
    await watch.begin();
    while (!watch.connection(cluster.id)) await once(watch, 'change');
    await cluster.recordTimeline();
    const connection = watch.connection(cluster.id);
    connection?.send({ type: 'watch', isOn: true, wanted: { variables: [], isTimed: true } });
    const isOwn = (stats: EngineStats, id: string): boolean =>
      id === cluster.id && stats.lately !== undefined;
    await statsWhere(([id, , stats]) => isOwn(stats, id));
    const told: string[] = [];
    const all = statsWhere(([id, , { lately, rounds }]) => {
      if (id === cluster.id && lately) told.push(...lately.stretches.map(({ kind }) => kind));
      return rounds === 3 && ['compute', 'wait', 'send'].every(kind => told.includes(kind));
    });
    await cluster.execute('for (let k = 0; k < 3; k++) await neighborAllreduce(rank());');
    expect(await all).toMatchObject({ device: 'wasm with the first tensor, asked for by name' });
    const { traceEvents } = await cluster.timeline();
    const sent = traceEvents.flatMap(event => (event.ph === 'X' && event.cat === 'send' ? [event.args] : [])); // prettier-ignore
    // Three values of two ranks; what the ranks compare before is no value.
    expect(sent.filter(({ bytes }) => bytes === 8)).toHaveLength(6);
    connection?.send({ type: 'watch', isOn: false });
  });

  it('goes on without a rank that is ended for a lesson, and has its topology again after the restart', async () => {
    const cluster = await startCluster({ engines: 2, topology: 'ring' });
    await cluster.kill(1);
    await stateWhere(cluster, ({ engines }) => engines[1].state === 'lost');
    await cluster.restart(1);
    expect(await valuesOf(cluster, 'loadTopology().name')).toEqual(["'ring'", "'ring'"]);
  });

  it('is watched again when its controller was frozen and goes on', async () => {
    const cluster = await startCluster({ engines: 1, heartbeat: 1_000 });
    const own = new ClusterWatch();
    const pid = controllerPid(cluster);
    await own.begin();
    process.kill(pid, 'SIGSTOP');
    while (own.connection(cluster.id)) await once(own, 'change');
    process.kill(pid, 'SIGCONT');
    while (!own.connection(cluster.id)) await once(own, 'change');
    process.kill(pid, 'SIGSTOP');
    own.end();
    await own.begin();
    expect(own.connection(cluster.id)).toBeUndefined();
    process.kill(pid, 'SIGCONT');
    while (!own.connection(cluster.id)) await once(own, 'change');
    own.end();
  });

  it('ends by its idle limit although somebody watches it', async () => {
    const cluster = await startCluster({ engines: 1, idleLimit: 100 });
    while (!watch.connection(cluster.id)) await once(watch, 'change');
    cluster.close();
    while (watch.connection(cluster.id)) await once(watch, 'change');
    expect(watch.states.map(({ id }) => id)).not.toContain(cluster.id);
  });

  it('does not start with a topology that changes, or that nobody knows', async () => {
    await expect(startCluster({ engines: 2, topology: 'one-peer-ring' })).rejects.toThrow(
      /one graph, not a schedule/
    );
    await expect(startCluster({ engines: 2, topology: 'rign' })).rejects.toThrow(/ring/);
  });
});
