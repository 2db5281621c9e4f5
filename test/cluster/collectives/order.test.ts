import { describe, expect, it } from 'vitest';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { Ranks, runOnRanks } from './ranks.js';

const ring = ringGraph(4);

/** A promise, and the way to fulfil it. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>(resolve => (open = resolve));
  return { opened, open };
}

describe('calls that overlap', () => {
  it.each([0, 1, 2, 3])('give the same bits when rank %i comes last', async late => {
    const { opened, open } = gate();
    let others = 0;
    const seen = await runOnRanks(ring, async c => {
      if (c.rank === late) await opened;
      const result = c.neighborAllreduce(Float64Array.of(0.1 * c.rank, 1 / 3));
      if (c.rank !== late && ++others === 3) setImmediate(open);
      return result;
    });
    seen.forEach((y, i) => {
      const near = [(i + 1) % 4, (i + 3) % 4].sort();
      expect(y[0]).toBe(near.reduce((sum, j) => sum + 0.1 * j, 0.1 * i) / 3);
    });
  });

  it('meet by name when they are awaited in opposite order', async () => {
    const seen = await runOnRanks(ring, async c => {
      const call = (name: 'a' | 'b'): Promise<number> =>
        c.allreduce(name === 'a' ? 1 : 2, { name });
      const names = c.rank % 2 ? (['a', 'b'] as const) : (['b', 'a'] as const);
      const results: Record<string, number> = {};
      const pending = names.map(name => [name, call(name)] as const);
      for (const [name, result] of pending.reverse()) results[name] = await result;
      return results;
    });
    expect(seen).toEqual(Array(4).fill({ a: 1, b: 2 }));
  });

  it.each([
    ['without names', 10, [undefined, undefined]],
    ['without names, too large to be sent unasked', 50_000, [undefined, undefined]],
    ['with names', 10, ['a', 'b']],
    ['with names, too large to be sent unasked', 50_000, ['a', 'b']]
  ])('%s complete when two ranks await them in opposite orders', async (_, length, names) => {
    const seen = await runOnRanks(ringGraph(2), async c => {
      const calls = names.map((name, k) =>
        c.neighborAllreduce(new Float64Array(length).fill(c.rank + k), name ? { name } : {})
      );
      const order = c.rank === 0 ? [0, 1] : [1, 0];
      const ends: number[] = [];
      for (const k of order) {
        const y = await calls[k];
        ends[k] = y.length * y[0] + y[length - 1];
      }
      return ends;
    });
    expect(seen).toEqual(Array(2).fill([0.5, 1.5].map(value => length * value + value)));
  });

  it('with names complete when large ones begin in opposite orders', async () => {
    const length = 50_000;
    const seen = await runOnRanks(ringGraph(2), async c => {
      const names = c.rank === 0 ? ['a', 'b'] : ['b', 'a'];
      const ends: Record<string, number> = {};
      for (const name of names) {
        const other = names.find(one => one !== name)!;
        const later = c.neighborAllreduce(new Float64Array(length).fill(c.rank), { name: other });
        const y = await c.neighborAllreduce(new Float64Array(length).fill(c.rank), { name });
        ends[name] = y[0] + y[length - 1] + (await later)[0];
      }
      return ends;
    });
    expect(seen).toEqual(Array(2).fill({ a: 1.5, b: 1.5 }));
  });

  it('meet by name around an unnamed call of all ranks', async () => {
    const seen = await runOnRanks(ring, async c => {
      const named = (): Promise<number> => c.neighborAllreduce(c.rank, { name: 'x' });
      if (c.rank % 2) {
        const first = named();
        await c.barrier();
        return Math.round((await first) * 3);
      }
      const [, x] = await Promise.all([c.barrier(), named()]);
      return Math.round(x * 3);
    });
    expect(seen).toEqual([4, 3, 6, 5]);
  });

  it('may use one name again and again', async () => {
    const seen = await runOnRanks(ring, async c => {
      let x = c.rank;
      for (let k = 0; k < 200; k++) x = await c.neighborAllreduce(x, { name: 'step' });
      return x;
    });
    for (const x of seen) expect(x).toBeCloseTo(1.5, 12);
  });

  it('meet in order when they are unnamed', async () => {
    const big = (rank: number): Float64Array => new Float64Array(50_000).fill(rank);
    const seen = await runOnRanks(ring, async c => {
      const [x, y, z] = await Promise.all([
        c.allreduce(big(c.rank)),
        c.neighborAllreduce(10),
        c.broadcast(c.rank, 2)
      ]);
      return [x[0], x[49_999], Math.round(y), z];
    });
    expect(seen).toEqual(Array(4).fill([1.5, 1.5, 10, 2]));
  });

  it('leave nothing pending behind', async () => {
    const ranks = await Ranks.start(4);
    await ranks.run(async c => {
      for (let k = 0; k < 20; k++) await c.neighborAllreduce(k, { name: `step ${k}` });
      await c.allreduce(1);
    });
    for (const c of ranks.all) expect(await c.waiting()).toBeNull();
    ranks.stop();
  });

  it('say what they wait for', async () => {
    const ranks = await Ranks.start(4);
    const [first] = ranks.all;
    first.setTopology(ring);
    first.beginCell();
    const call = first.allreduce(1, { name: 'loss' });
    await new Promise(resolve => setImmediate(resolve));
    expect(await first.waiting()).toMatchObject({
      op: 'allreduce (average)',
      name: 'loss',
      on: [1, 2, 3]
    });
    expect(await first.endCell()).toHaveLength(1);
    ranks.openEpoch();
    await expect(call).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await first.waiting()).toBeNull();
    ranks.stop();
  });
});
