/** The contract of windows, second part: their life, their errors and their mutexes. */
import { expect, it } from 'vitest';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import { fullyConnectedGraph } from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import type { RunWindows, WindowProgram } from './windows.js';

/** From creation to freeing. */
export function declareLife(runOn: RunWindows): void {
  it('are named, sorted, until they are freed, one or all', async () => {
    const seen = await runOn(ringGraph(3), async c => {
      for (const name of ['b', 'c', 'a']) await c.winCreate(1, name);
      const names = [c.getCurrentCreatedWindowNames()];
      await c.winFree('b');
      names.push(c.getCurrentCreatedWindowNames());
      await c.winFree();
      return [...names, c.getCurrentCreatedWindowNames()];
    });
    for (const names of seen) expect(names).toEqual([['a', 'b', 'c'], ['a', 'c'], []]);
  });

  it('may be made again under their name, with another form', async () => {
    const seen = await runOn(ringGraph(3), async c => {
      await c.winCreate(1, 'w');
      await c.winFree('w');
      await c.winCreate(Float64Array.of(c.rank, 2), 'w');
      return c.winUpdate('w');
    });
    expect(seen).toEqual([0, 1, 2].map(r => Float64Array.of(r, 2)));
  });

  it('resolve winArrival at the first write that was not read', async () => {
    const seen = await runOn(ringGraph(2), async c => {
      await c.winCreate(0, 'w', { zeroInit: true });
      if (c.rank === 1) {
        await c.winPut(7, 'w');
        await c.barrier();
        return 7;
      }
      await c.winArrival('w');
      const x = await c.winUpdateThenCollect<number>('w');
      await c.barrier();
      return x;
    });
    expect(seen).toEqual([7, 7]);
  });

  it('wait while their rank is suspended, and go on in order after resume; its peers write meanwhile', async () => {
    const seen = await runOn(ringGraph(2), async c => {
      const gate = c as unknown as { suspend(): void; resume(): void };
      await c.winCreate(0, 'w', { zeroInit: true });
      if (c.rank === 1) {
        await c.winPut(7, 'w');
        await c.barrier();
        return [await c.winUpdateThenCollect('w')];
      }
      await c.winArrival('w');
      gate.suspend();
      const order: string[] = [];
      const calls = [
        c.winPut(1, 'w').then(() => order.push('put')),
        c.winAccumulate(2, 'w').then(() => order.push('accumulate')),
        c.winMutex('w', {}, () => c.winVersion('w')).then(() => order.push('mutex')),
        c.barrier().then(() => order.push('barrier'))
      ];
      const own = c.winUpdateThenCollect('w').then(sum => (order.push('collect'), sum));
      await new Promise(resolve => setTimeout(resolve, 5));
      const early = order.length;
      gate.resume();
      await Promise.all(calls);
      return [early, await own, order.length];
    });
    // Rank 0 adds its second value, 2, and 7; rank 1 adds its own 7 and the slot, where 2 was added to the 1 put there.
    expect(seen).toEqual([[0, 9, 5], [10]]);
  });
}

interface Outcome {
  code?: string | undefined;
  message: string;
}

/** What must be said, and to whom. */
export function declareErrors(runOn: RunWindows): void {
  const cases: [string, WindowProgram<unknown>, string, RegExp][] = [
    ['an unknown name', c => c.winUpdate('v'), 'WINDOW_MISSING', /no window "v".*which has "w"/],
    ['a name that is taken', c => c.winCreate(1, 'w'), 'WINDOW_EXISTS', /window "w" already/],
    ['an empty name', c => c.winCreate(1, ''), 'VALUE_INVALID', /name of the window/],
    [
      'a misspelt option',
      c => c.winUpdate('w', { selfWeigth: 1 } as never),
      'VALUE_INVALID',
      /winUpdate, options: expected selfWeight, neighborWeights.*received selfWeigth/
    ],
    [
      'a function in place of options',
      c => c.winMutex('w', (() => 1) as never),
      'VALUE_INVALID',
      /winMutex, options: expected a record.*received a function/
    ],
    [
      'a weight that is null',
      c => c.winPut(1, 'w', { selfWeight: null as never }),
      'VALUE_INVALID',
      /selfWeight: expected a finite number, received null/
    ],
    [
      'slots in what is no record',
      c => c.winUpdate('w', { selfWeight: 1, neighborWeights: new Set([1]) as never }),
      'VALUE_INVALID',
      /neighborWeights: expected a list of ranks, a record.*received \[object Set\]/
    ],
    ['freeing what is not there', c => c.winFree('v'), 'WINDOW_MISSING', /"v"/],
    [
      'a value of another form',
      c => c.winPut([1], 'w'),
      'SHAPE_MISMATCH',
      /winPut "w" on rank \d: expected float64\[\], received \[float64/
    ],
    [
      'a destination that is no out-neighbour',
      c => c.winPut(1, 'w', { dstWeights: [(c.rank + 2) % 4] }),
      'VALUE_INVALID',
      /dstWeights: expected out-neighbours, here \[/
    ],
    [
      'a source that is no in-neighbour',
      c => c.winGet('w', { srcWeights: [c.rank] }),
      'VALUE_INVALID',
      /srcWeights: expected in-neighbours, here \[/
    ],
    [
      'a weight that is no number',
      c => c.winPut(1, 'w', { selfWeight: NaN }),
      'VALUE_INVALID',
      /selfWeight: expected a finite number, received NaN/
    ],
    [
      'one weight of an update without the other',
      c => c.winUpdate('w', { selfWeight: 1 }),
      'VALUE_INVALID',
      /both or neither, received selfWeight only/
    ],
    [
      'a slot that is none',
      c => c.winUpdate('w', { selfWeight: 1, neighborWeights: { [(c.rank + 2) % 4]: 1 } }),
      'VALUE_INVALID',
      /neighborWeights/
    ],
    [
      'destinations that are none',
      c => c.winPut(1, 'w', { dstWeights: 3 as never }),
      'VALUE_INVALID',
      /winPut "w" on rank \d, dstWeights: expected a list of ranks.*received 3/
    ],
    [
      'weights that are none',
      c => c.winUpdate('w', { selfWeight: 1, neighborWeights: null as never }),
      'VALUE_INVALID',
      /neighborWeights: .* received null/
    ],
    [
      'a time that is none',
      c => c.winPut(1, 'w', { timeout: NaN }),
      'VALUE_INVALID',
      /winPut, timeout: expected milliseconds.*received NaN/
    ],
    [
      'a rank in place of a list of ranks',
      c => c.winMutex('w', { ranks: 3 as never }, () => 1),
      'VALUE_INVALID',
      /ranks: expected a list of ranks, received 3/
    ],
    [
      'a rank that is none',
      c => c.winMutex('w', { ranks: [4] }, () => 1),
      'VALUE_INVALID',
      /ranks from 0 to 3, received 4/
    ],
    [
      'a topology that would change under them',
      async c => (c as unknown as { setTopology(t: unknown): void }).setTopology(c.loadTopology()),
      'TOPOLOGY_FROZEN',
      /has windows \("w"\)/
    ]
  ];
  it.each(cases)('say what is wrong, on that rank: %s', async (_, fail, code, words) => {
    const seen = await runOn(ringGraph(4), async c => {
      await c.winCreate(c.rank, 'w');
      let outcome: Outcome = { message: 'resolved' };
      try {
        await fail(c);
      } catch (error) {
        outcome = { code: (error as Outcome).code, message: (error as Outcome).message };
      }
      // Nothing has changed, and nobody else is harmed.
      return { outcome, x: await c.winUpdate('w') };
    });
    seen.forEach(({ outcome, x }, rank) => {
      expect(outcome).toMatchObject({ code, message: expect.stringMatching(words) });
      expect(x).toBeCloseTo(rank, 12);
    });
  });

  it('say at once that nobody writes into a window without slots', async () => {
    const alone = topologyFromWeights('alone', [
      [1, 0],
      [0, 1]
    ]);
    const seen = await runOn(alone, async c => {
      await c.winCreate(1, 'w');
      const { code, message } = await c.winArrival('w').then(
        () => ({ code: 'none', message: 'resolved' }),
        (error: unknown) => error as Outcome
      );
      return { code, message, x: await c.winUpdateThenCollect('w') };
    });
    for (const outcome of seen) {
      expect(outcome).toEqual({
        ...{ code: 'VALUE_INVALID', x: 1 },
        message: expect.stringContaining('a rank with in-neighbours, which alone write here')
      });
    }
  });

  it('of a rank that does not make a window come after the time of the others', async () => {
    const seen = await runOn(ringGraph(3), async c => {
      if (c.rank === 0) return { code: 'elsewhere', names: [] };
      try {
        await c.winCreate(1, 'w', { timeout: 50 });
        return { code: 'resolved', names: [] };
      } catch (error) {
        return { code: (error as Outcome).code, names: c.getCurrentCreatedWindowNames() };
      }
    });
    const [first, ...others] = seen;
    expect(first.code).toBe('elsewhere');
    // Who is not the first to say so hears that the other has ended.
    for (const { code, names } of others) {
      expect(['CALL_TIMEOUT', 'PEER_FAILED', 'DEADLOCK']).toContain(code);
      expect(names).toEqual([]);
    }
  });

  it('of a form that differs between ranks reach every rank', async () => {
    const seen = await runOn(ringGraph(4), async c => {
      try {
        await c.winCreate(new Float64Array(c.rank === 2 ? 3 : 2), 'w');
        await c.barrier();
        return { message: 'resolved', names: [] };
      } catch (error) {
        const { code, message } = error as Outcome;
        return { code, message, names: c.getCurrentCreatedWindowNames() };
      }
    });
    for (const outcome of seen) expect(outcome).toMatchObject({ code: 'DISAGREEMENT', names: [] });
    expect(seen[0].message).toMatch(/float64\[3\]/);
  });
}

/** Who waits for whom. */
export function declareMutex(runOn: RunWindows): void {
  it('lets one rank at a time between its two halves', async () => {
    const seen = await runOn(fullyConnectedGraph(4), async c => {
      await c.winCreate(0, 'inside', { zeroInit: true });
      const over = c.allreduce(c.rank === 0 ? 0 : 15, { average: false, name: 'over' });
      const enter = (by: number): Promise<void> =>
        c.winAccumulate(by, 'inside', { selfWeight: 0, dstWeights: [0] });
      if (c.rank > 0) {
        for (let k = 0; k < 15; k++) {
          await c.winMutex('inside', { ranks: [0] }, async () => {
            await enter(1);
            await c.winVersion('inside');
            await enter(-1);
          });
        }
        await c.barrier();
        return over;
      }
      // Rank 0 looks at any moment, and never sees two of them.
      const all = { selfWeight: 1, neighborWeights: { 1: 1, 2: 1, 3: 1 }, clone: true };
      let isOver = false;
      const end = c.barrier().then(() => (isOver = true));
      let most = 0;
      while (!isOver) most = Math.max(most, await c.winUpdate<number>('inside', all));
      await end;
      return most;
    });
    expect(seen).toEqual([1, 45, 45, 45]);
  });

  it('keeps writes with requireMutex out while it is held, and lets them in then', async () => {
    const seen = await runOn(ringGraph(3), async c => {
      await c.winCreate(0, 'guarded', { zeroInit: true });
      await c.winCreate(0, 'sign', { zeroInit: true });
      if (c.rank !== 0) {
        await c.barrier();
        const guarded = c.winPut(c.rank, 'guarded', { dstWeights: [0], requireMutex: true });
        await c.winPut(1, 'sign', { dstWeights: [0] });
        await guarded;
        await c.barrier();
        return [];
      }
      const held = await c.winMutex('guarded', { forSelf: true }, async () => {
        await c.barrier();
        let signs = 0;
        while (signs < 2) {
          await c.winArrival('sign');
          signs = await c.winUpdate<number>('sign', {
            selfWeight: 0,
            neighborWeights: { 1: 1, 2: 1 },
            clone: true
          });
        }
        // What a rank guards from others it may touch itself.
        return c.winUpdateThenCollect<number>('guarded');
      });
      await c.barrier();
      return [held, await c.winUpdateThenCollect<number>('guarded')];
    });
    expect(seen[0]).toEqual([0, 3]);
  });

  it('is given back when its work fails, and by hand, once', async () => {
    const seen = await runOn(ringGraph(2), async c => {
      await c.winCreate(0, 'w');
      const failing = c.winMutex('w', {}, () => Promise.reject(new Error('inside')));
      const said = await failing.catch((error: unknown) => (error as Error).message);
      for (let k = 0; k < 3; k++) {
        const mutex = await c.winMutex('w');
        await mutex.release();
        await mutex.release();
      }
      return [said, await c.winMutex('w', { ranks: [0, 1], forSelf: true }, () => c.rank)];
    });
    expect(seen).toEqual([
      ['inside', 0],
      ['inside', 1]
    ]);
  });

  it('says what a call waited for, when its time is over', async () => {
    const seen = await runOn(ringGraph(2), async c => {
      await c.winCreate(0, 'w');
      let outcome: Outcome = { message: 'resolved' };
      if (c.rank === 0) {
        const mutex = await c.winMutex('w', { forSelf: true });
        await c.barrier();
        await c.barrier();
        await mutex.release();
      } else {
        await c.barrier();
        try {
          await c.winMutex('w', { ranks: [0], timeout: 20 });
        } catch (error) {
          outcome = { code: (error as Outcome).code, message: (error as Outcome).message };
        }
        await c.barrier();
      }
      // The ticket that was given up is not in the way of the next one.
      return c.winMutex('w', { ranks: [0] }, () => outcome);
    });
    expect(seen[1]).toMatchObject({
      code: 'CALL_TIMEOUT',
      message: expect.stringMatching(/winMutex "w" still waited for rank 0 after 20 ms/)
    });
  });
}
