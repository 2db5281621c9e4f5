/** A process that means harm, with the token and without, harms nobody. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { checkedExchanges } from '../../soak/checked-exchanges.js';
import { clusterFiles, enginePids, startCluster, valuesOf } from '../real-cluster.js';

const HOSTILE = fileURLToPath(new URL('hostile.mjs', import.meta.url));
const SIZE = 3;
const members = [0, 1, 2];

it('numbers stay right, and no process ends, while it throws garbage at every socket', async () => {
  const cluster = await startCluster({ engines: SIZE });
  await cluster.execute('setTopology(ringGraph(size()))');
  const pids = enginePids(cluster);
  const file = readFileSync(join(clusterFiles, `${cluster.id}.json`), 'utf8');
  const { folder, token } = JSON.parse(file) as { folder: string; token: string };
  const hostile = fork(HOSTILE, [JSON.stringify({ folder, token, seed: 1 })]);
  const ended = once(hostile, 'exit');
  for (let seed = 0; hostile.exitCode === null; seed++) {
    const cell = checkedExchanges({ seed, steps: 50, members });
    expect(await valuesOf(cluster, cell)).toEqual(Array(SIZE).fill("'right'"));
  }
  expect(await ended).toEqual([0, null]);
  expect(enginePids(cluster)).toEqual(pids);
  await cluster.stop();
});
