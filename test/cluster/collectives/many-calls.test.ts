/** Many small calls that are started together: each is what it would be alone, and what they send leaves together. */
import { Socket } from 'node:net';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import type { Communicator } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { Ranks } from './ranks.js';

const SIZE = 4;
const CALLS = 100;
/** The exchanges of a rank, with itself apart. */
const NEIGHBOURS = 2;

let ranks: Ranks | undefined;
afterEach(() => ranks?.stop());

async function onSockets<R>(program: (c: Communicator) => Promise<R>): Promise<(R | Error)[]> {
  ranks = await Ranks.start(SIZE);
  for (const c of ranks.all) c.setTopology(ringGraph(SIZE));
  return ranks.run(program);
}

function onSimulator<R>(program: (c: Communicator) => Promise<R>): Promise<R[]> {
  return simulate(ringGraph(SIZE), program);
}

/** What rank r gets in call k, whose value on rank j is 10 j + k. */
const averageOf = (r: number, k: number): number =>
  (10 * (r + ((r + 1) % SIZE) + ((r + SIZE - 1) % SIZE))) / 3 + k;

describe.each([
  ['sockets', onSockets],
  ['the simulator', onSimulator]
] as const)('a hundred calls at once on %s', (_, run) => {
  it('keep their order and their results, named or not, around one that fails', async () => {
    const seen = await run(async c => {
      const ended: number[] = [];
      const calls = Array.from({ length: CALLS }, async (_, k) => {
        const x = 10 * c.rank + k;
        // A value that cannot be exchanged is refused on this rank, and takes no place among the others.
        if (k === 50) return c.neighborAllreduce(x, { selfWeight: 1 }).catch(() => 'refused');
        const name = k % 3 === 0 ? `call ${k}` : k % 3 === 1 ? undefined : 'the same';
        const result = await c.neighborAllreduce(x, name === undefined ? {} : { name });
        if (name === undefined) ended.push(k);
        return result;
      });
      return { values: await Promise.all(calls), ended };
    });
    seen.forEach((result, r) => {
      if (result instanceof Error) throw result;
      const { values, ended } = result as { values: unknown[]; ended: number[] };
      values.forEach((value, k) => {
        if (k === 50) expect(value).toBe('refused');
        else expect(value).toBeCloseTo(averageOf(r, k), 9);
      });
      expect(ended).toEqual([...ended].sort((a, b) => a - b));
    });
  });
});

it('a hundred calls at once take far fewer writes than messages', async () => {
  const average = (c: Communicator): Promise<number[]> =>
    Promise.all(Array.from({ length: CALLS }, (_, k) => c.neighborAllreduce(k)));
  // The links are open, and the topology is agreed on.
  await onSockets(c => c.neighborAllreduce(1));
  const messagesOf = async (): Promise<number> => {
    const counts = await Promise.all(ranks!.all.map(c => c.counters()));
    return counts.flat().reduce((sum, { sentMessages }) => sum + sentMessages, 0);
  };
  const before = await messagesOf();
  const writes = [
    vi.spyOn(Socket.prototype, '_write'),
    vi.spyOn(Socket.prototype, '_writev' as '_write')
  ];
  await ranks!.run(average);
  const written = writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  for (const spy of writes) spy.mockRestore();
  expect((await messagesOf()) - before).toBe(SIZE * NEIGHBOURS * CALLS);
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan((SIZE * NEIGHBOURS * CALLS) / 20);
});
