import { MessageChannel } from 'node:worker_threads';

import { afterEach, describe, expect, it } from 'vitest';
import { createMemory } from '../../../kernel-runtime/dist/cluster/collectives/link-memory.js';
import { startIoThread } from '../../../kernel-runtime/dist/cluster/engine/start-io-thread.js';
import { RankProcesses } from './rank-processes.js';

let ranks: RankProcesses | undefined;
afterEach(() => ranks?.stop());

const SPIN_MS = 2500;

describe('the I/O thread', () => {
  it('carries an exchange to its end while the cell of a rank computes', async () => {
    ranks = await RankProcesses.start(3);
    // The links are open, and the topology is compared.
    await Promise.all([0, 1, 2].map(rank => ranks!.ask(rank, 'averageOnce')));
    const ends = await Promise.all([
      ranks.ask(0, 'spin', SPIN_MS),
      ranks.ask(1, 'averageOnce'),
      ranks.ask(2, 'averageOnce')
    ]);
    const [spinning, one, two] = ends.map(({ value }) => value as number);
    expect(one).toBeLessThan(spinning);
    expect(two).toBeLessThan(spinning);
  });

  it('says why it could not start', async () => {
    const { port1, port2 } = new MessageChannel();
    const options = {
      rank: 0,
      size: 2,
      token: '',
      folder: '',
      port: port2,
      memory: createMemory()
    };
    const cause = await new Promise<string>(resolve =>
      startIoThread({ ...options, shape: { bandwidth: -1 } }, resolve)
    );
    expect(cause).toContain('link, bandwidth: expected a number > 0, received -1');
    port1.close();
  });
});
