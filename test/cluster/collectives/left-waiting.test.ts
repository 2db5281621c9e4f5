/** A call of all ranks that one rank cannot end ends on every rank, also where nobody waits for the lost one itself. */
import { afterEach, describe, expect, it } from 'vitest';

import type { EngineCommunicator } from '../../../kernel-runtime/src/cluster/collectives/engine-communicator.js';
import { Ranks } from './ranks.js';

const SIZE = 8;
let ranks: Ranks | undefined;
afterEach(() => ranks?.stop());

const cases: [string, number, (c: EngineCommunicator) => Promise<unknown>][] = [
  ['barrier', 7, c => c.barrier()],
  ['barrier with a name', 7, c => c.barrier({ name: 'b' })],
  ['allreduce', 7, c => c.allreduce(1)],
  ['allgather', 7, c => c.allgather(Float64Array.of(1))],
  ['broadcast', 4, c => c.broadcast(1, 0)],
  ['broadcast of the lost one', 7, c => c.broadcast(1, 7)],
  ['winCreate', 7, c => c.winCreate(1, 'w')]
];

describe.each([
  ['before', true],
  ['in', false]
])('a rank that is lost %s the call', (_, isEarly) => {
  it.each(cases)('%s, without rank %i', async (_, lost, call) => {
    ranks = await Ranks.start(SIZE);
    const others = ranks.all.filter(({ rank }) => rank !== lost);
    for (const c of others) {
      c.beginCell();
      if (isEarly) c.peerLost(lost);
    }
    // Each catches its error, and makes no further call.
    const codes: string[] = [];
    const ends = others.map(async c => {
      codes[c.rank] = await call(c).then(
        () => 'ended',
        ({ code }: { code: string }) => code
      );
    });
    if (!isEarly) {
      for (const c of others)
        while (!codes[c.rank] && !(await c.waiting())) await new Promise(setImmediate);
      for (const c of others) c.peerLost(lost);
    }
    await Promise.all(ends);
    const seen = new Set(others.map(({ rank }) => codes[rank]));
    // Ranks that have all they need may have ended before.
    if (!isEarly) seen.delete('ended');
    expect([...seen]).toEqual(['PEER_LOST']);
  });
});
