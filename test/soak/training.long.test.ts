/** A long training run on engines: no tensor is left behind, and ten kills at random moments change no bit of its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';

import { random, type Cluster } from 'decentlab';
import { enginePids, startCluster } from '../cluster/real-cluster.js';
import { LIBRARY_ON_ENGINES, train, type Given } from '../cluster/training-program.js';

const SIZE = 3;
const KILLS = 10;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ engines: SIZE });
});

const run = async (given: Given): Promise<Float32Array[]> => {
  await cluster.push({ given });
  await cluster.execute(LIBRARY_ON_ENGINES);
  await cluster.execute(`var ended = await (${train.toString()})(communicator(), library, given)`);
  return [...(await cluster.pull<Float32Array>('ended'))];
};

describe('Training for long', () => {
  it('leaves no tensor behind in 1,000 steps', async () => {
    const given = { method: 'decentlam', steps: 3 };
    await run(given);
    await cluster.execute('var before = tf.memory().numTensors');
    await run({ ...given, steps: 1000 });
    await cluster.execute('var grown = tf.memory().numTensors - before');
    expect([...(await cluster.pull<number>('grown'))]).toEqual([0, 0, 0]);
  });

  it('ends at the same bits through ten kills at random moments', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'decentlab-soak-'));
    const given = { method: 'da-dmsgd', steps: 600 };
    const whole = await run(given);
    const chance = random(11);
    for (let kill = 0; kill < KILLS; kill++) {
      const running = run({ ...given, folder });
      const ended = Promise.resolve(running).then(
        () => true,
        () => false
      );
      await setTimeout(300 + chance.integer(700));
      process.kill(enginePids(cluster)[chance.integer(SIZE)], 'SIGKILL');
      await ended;
      await cluster.restart();
    }
    expect(await run({ ...given, folder })).toEqual(whole);
    rmSync(folder, { recursive: true, force: true });
  }, 300_000);
});
