/** What passes over each edge is counted: bytes and messages both ways, and the time that calls wait. */
import { setTimeout } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { Ranks } from './ranks.js';

const LATE_MS = 30;
let ranks: Ranks | undefined;
afterEach(() => ranks?.stop());

it('counters() tell bytes, messages and waiting by peer, exchanges and windows alike', async () => {
  ranks = await Ranks.start(2);
  await ranks.run(async c => {
    for (const k of [1, 2, 3]) {
      if (k === 3 && c.rank === 1) await setTimeout(LATE_MS);
      await c.neighborAllreduce(new Float32Array(10));
    }
  });
  const [[one], [zero]] = await Promise.all(ranks.all.map(c => c.counters()));
  // One more message agrees on the topology.
  expect(one).toMatchObject({ rank: 1, sentBytes: 120, receivedBytes: 120, receivedMessages: 4 });
  expect(zero).toMatchObject({ rank: 0, sentBytes: 120, sentMessages: 4, receivedBytes: 120 });
  expect(one.waitedMs).toBeGreaterThan(LATE_MS - 2);

  await ranks.run(async c => {
    await c.winCreate(new Float64Array(4), 'w');
    await c.winPut(new Float64Array(4), 'w');
    await c.winFree('w');
  });
  const [[later]] = await Promise.all(ranks.all.map(c => c.counters()));
  expect(later.sentBytes - one.sentBytes).toBe(32);
  // The put, the answer to that of the other rank, and what creating and freeing take.
  expect(later.sentMessages - one.sentMessages).toBeGreaterThanOrEqual(4);
  expect(later.waitedMs).toBeGreaterThan(one.waitedMs);
});
