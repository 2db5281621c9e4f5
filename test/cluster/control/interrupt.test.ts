/** Stop on real engines: busy loops and waiting calls end, variables stay. */
import { beforeAll, expect, it } from 'vitest';

import type { Cluster, ClusterError } from 'decentlab';
import { AGAIN, SOON_MS } from '../../helpers/busy-machine.js';
import {
  clusterErrorOf,
  codesOf,
  enginePids,
  gone,
  startCluster,
  valuesOf
} from '../real-cluster.js';

const SIZE = 8;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE });
  await cluster.execute('let kept = rank() * 2');
});

/** Starts a cell that never ends; resolves once every rank has printed. */
function begin(endless: string): Promise<{ ended: Promise<unknown> }> {
  let begun = 0;
  return new Promise(resolve => {
    const onOutput = (): void => {
      if (++begun === SIZE) resolve({ ended });
    };
    const call = cluster.execute(`console.log("begun"); ${endless}`, { onOutput });
    const ended = call.then(
      () => null,
      error => error
    );
  });
}

it.each([
  ['a busy loop', '{ while (true) $tick(); }'],
  ['a busy loop after an await', '{ await null; while (true) $tick(); }'],
  ['a promise that never settles', 'await new Promise(() => {})'],
  ['a timer', 'await new Promise(resolve => setTimeout(resolve, 1e9))'],
  [
    'a collective that one rank never enters',
    '{ if (rank() === 0) while (true) $tick(); await barrier(); }'
  ],
  [
    'an endless loop of exchanges',
    '{ let x = rank(); while (true) { $tick(); x = await neighborAllreduce(x); } }'
  ]
])('an interrupt ends %s on eight engines in under a second', AGAIN, async (_, endless) => {
  const pids = enginePids(cluster);
  const { ended } = await begin(endless);
  const started = performance.now();
  await cluster.interrupt();
  const error = (await ended) as ClusterError;
  expect(performance.now() - started).toBeLessThan(1000);
  expect(codesOf(error, SIZE)).toEqual(Array(SIZE).fill('Interrupted'));
  expect(enginePids(cluster)).toEqual(pids);
  expect(await cluster.pull('kept')).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
  expect(await valuesOf(cluster, 'await allreduce(1)')).toEqual(Array(SIZE).fill('1'));
});

it('an interrupt ends a function sent by apply', async () => {
  const endless = (): Promise<never> => new Promise(() => console.log('begun'));
  const ended = clusterErrorOf(cluster.apply(endless));
  await cluster.interrupt();
  expect(codesOf(await ended, SIZE)).toEqual(Array(SIZE).fill('Interrupted'));
});

it('an interrupt between cells stops nothing, and not the next cell', async () => {
  await cluster.interrupt();
  expect(await valuesOf(cluster, 'kept')).toEqual(['0', '2', '4', '6', '8', '10', '12', '14']);
});

it('stop ends a busy cluster at once', async () => {
  const pids = enginePids(cluster);
  const { ended } = await begin('{ while (true) $tick(); }');
  const started = performance.now();
  await cluster.stop();
  expect(performance.now() - started).toBeLessThan(SOON_MS);
  await gone(pids);
  expect(await ended).toMatchObject({ code: 'CLUSTER_ENDED' });
});
