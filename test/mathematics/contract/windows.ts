/**
 * The contract of one-sided communication, for the simulator and for real engines: what BlueFog's window tests check, in
 * our words, and the right behaviour where BlueFog's own is wrong. A program uses nothing but its argument, so that a
 * backend may ship it as source.
 */
import { describe, expect, it } from 'vitest';
import type { Communicator } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import {
  exponentialTwoGraph,
  ringGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import { starGraph } from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import type { Topology } from '../../../kernel-runtime/src/mathematics/graph/topology.js';
import { declareErrors, declareLife, declareMutex } from './windows-life.js';

export type WindowProgram<R> = (communicator: Communicator) => Promise<R>;
export type RunWindows = <R>(topology: Topology, program: WindowProgram<R>) => Promise<R[]>;

export const windowSizes = [1, 2, 3, 4, 8];

/** Over a full round of writes: what rank r has, from its in-neighbours' ranks and the number of them. */
type Expected = (rank: number, sources: readonly number[]) => number;

const total = (ranks: readonly number[]): number => ranks.reduce((sum, rank) => sum + rank, 0);
const average: Expected = (rank, sources) => (rank + total(sources)) / (sources.length + 1);

/** Declares the tests of the contract over one backend. */
export function windowContract(name: string, runOn: RunWindows, sizes = windowSizes): void {
  describe.each(sizes)(`windows of %i ranks on ${name}`, size => {
    declareNumbers(runOn, exponentialTwoGraph(size));
    declareRing(runOn, ringGraph(size, { connectStyle: 2 }));
  });
  describe(`windows on ${name}`, () => {
    declareWeights(runOn);
    declareValues(runOn);
    declareLife(runOn);
    declareErrors(runOn);
    declareMutex(runOn);
  });
}

function declareNumbers(runOn: RunWindows, topology: Topology): void {
  const cases: [string, WindowProgram<unknown>, Expected][] = [
    [
      'update gives the own value when nothing was written',
      async c => {
        await c.winCreate(c.rank, 'w');
        return c.winUpdate('w');
      },
      rank => rank
    ],
    [
      'collect counts the copies that the slots begin with once',
      async c => {
        await c.winCreate(c.rank, 'w');
        return [await c.winUpdateThenCollect('w'), await c.winUpdateThenCollect('w')].join();
      },
      (rank, sources) =>
        [rank * (sources.length + 1), rank * (sources.length + 1)].join() as unknown as number
    ],
    [
      'put, then update, is a partial averaging',
      async c => {
        await c.winCreate(c.rank, 'w');
        await c.winPut(c.rank, 'w');
        await c.barrier();
        return c.winUpdate('w');
      },
      average
    ],
    [
      'get, then update, is a partial averaging',
      async c => {
        await c.winCreate(c.rank, 'w', { zeroInit: true });
        await c.winGet('w');
        await c.barrier();
        return c.winUpdate('w');
      },
      average
    ],
    [
      'accumulate adds to what is there',
      async c => {
        await c.winCreate(c.rank, 'w');
        await c.winAccumulate(c.rank, 'w');
        await c.barrier();
        return c.winUpdate('w');
      },
      (rank, sources) => rank + total(sources) / (sources.length + 1)
    ],
    [
      'versions count writes of every kind, and begin anew after an update',
      async c => {
        await c.winCreate(c.rank, 'w');
        const versions = async (): Promise<number[]> => Object.values(await c.winVersion('w'));
        const seen = [await versions()];
        await c.barrier();
        await c.winPut(c.rank, 'w');
        await c.winAccumulate(c.rank, 'w');
        await c.winGet('w');
        await c.barrier();
        seen.push(await versions());
        await c.winUpdate('w');
        return JSON.stringify([...seen, await versions()]);
      },
      (_, sources) =>
        JSON.stringify([
          sources.map(() => 0),
          sources.map(() => 3),
          sources.map(() => 0)
        ]) as unknown as number
    ],
    [
      'p is counted as a window of ones is, whatever is done',
      async c => {
        c.turnOnWinOpsWithAssociatedP();
        await c.winCreate(1, 'w', { zeroInit: true });
        const out = c.outNeighborRanks();
        let x = 1;
        let largest = 0;
        for (let k = 0; k < 10; k++) {
          const selfWeight = 1 / (1 + c.rank + k);
          const dstWeights = Object.fromEntries(out.map(to => [to, 1 / (2 + to)]));
          if (k % 3 === 0) await c.winPut(x, 'w', { selfWeight, dstWeights });
          else await c.winAccumulate(x, 'w', { selfWeight, dstWeights });
          x = k % 2 ? await c.winUpdate<number>('w') : await c.winUpdateThenCollect<number>('w');
          largest = Math.max(largest, Math.abs(x - (await c.winAssociatedP('w'))));
        }
        return largest;
      },
      () => 0
    ]
  ];
  it.each(cases)('%s', async (_, program, expected) => {
    const seen = await runOn(topology, async c => ({
      value: await program(c),
      sources: c.inNeighborRanks()
    }));
    seen.forEach(({ value, sources }, rank) => {
      const right = expected(rank, sources);
      if (typeof value === 'number') expect(value).toBeCloseTo(right, 12);
      else expect(value).toEqual(right);
    });
  });
}

/** On the one-way ring, rank r hears r − 1. */
function declareRing(runOn: RunWindows, topology: Topology): void {
  const { size } = topology;
  const before = (rank: number): number => (rank + size - 1) % size;
  const isAlone = size === 1;

  it('takes the factors of the destinations', async () => {
    const seen = await runOn(topology, async c => {
      const to = Object.fromEntries(c.outNeighborRanks().map(rank => [rank, 1.25]));
      await c.winCreate(c.rank, 'put');
      await c.winCreate(c.rank, 'added');
      await c.winCreate(c.rank, 'got');
      await c.winPut(c.rank, 'put', { dstWeights: to });
      await c.winAccumulate(c.rank, 'added', { dstWeights: to });
      await c.winGet('got', {
        srcWeights: Object.fromEntries(c.inNeighborRanks().map(rank => [rank, 1.25]))
      });
      await c.barrier();
      return Promise.all(['put', 'added', 'got'].map(name => c.winUpdate<number>(name)));
    });
    seen.forEach((values, r) => {
      const put = (r + 1.25 * before(r)) / 2;
      const right = isAlone ? [r, r, r] : [put, put + r / 2, put];
      values.forEach((value, k) => expect(value).toBeCloseTo(right[k], 12));
    });
  });

  it('gives p to the neighbours of one sender, and keeps the sum', async () => {
    const seen = await runOn(topology, async c => {
      c.turnOnWinOpsWithAssociatedP();
      await c.winCreate(Float64Array.of(1, 2), 'w', { zeroInit: true });
      if (c.rank === 0) {
        const selfWeight = c.size === 1 ? 1 : 0.5;
        const dstWeights = Object.fromEntries(c.outNeighborRanks().map(to => [to, 0.5]));
        await c.winAccumulate(Float64Array.of(1, 2), 'w', { selfWeight, dstWeights });
      }
      await c.barrier();
      const x = await c.winUpdateThenCollect<Float64Array>('w');
      return [await c.winAssociatedP('w'), x[1]];
    });
    const right = seen.map((_, r) => (isAlone ? 1 : r === 0 ? 0.5 : r === 1 ? 1.5 : 1));
    expect(seen).toEqual(right.map(p => [p, 2 * p]));
  });

  it('keeps Σ x and Σ p exactly, however the ranks overtake each other', async () => {
    const seen = await runOn(topology, async c => {
      c.turnOnWinOpsWithAssociatedP();
      let x: Float64Array = Float64Array.of(c.rank * 2 ** 20, 3);
      await c.winCreate(x, 'w', { zeroInit: true });
      const half = c.size === 1 ? 1 : 0.5;
      for (let k = 0; k < 40 / c.size; k++) {
        const dstWeights = Object.fromEntries(c.outNeighborRanks().map(to => [to, 0.5]));
        await c.winAccumulate(x, 'w', { selfWeight: half, dstWeights });
        x = await c.winUpdateThenCollect<Float64Array>('w');
      }
      await c.barrier();
      x = await c.winUpdateThenCollect<Float64Array>('w');
      return [x[0], x[1], await c.winAssociatedP('w')];
    });
    const sums = [0, 1, 2].map(k => seen.reduce((sum, row) => sum + row[k], 0));
    const ranks = (size * (size - 1)) / 2;
    // Whole numbers, halved forty times at most: nothing is rounded.
    expect(sums).toEqual([ranks * 2 ** 20, 3 * size, size]);
  });
}

function declareWeights(runOn: RunWindows): void {
  it('update with the row of W by default, by rank where some slots are named', async () => {
    const uneven = topologyFromWeights('uneven', [
      [0.5, 0.25, 0.25, 0],
      [0, 0.5, 0.25, 0.25],
      [0.25, 0, 0.5, 0.25],
      [0.25, 0.25, 0, 0.5]
    ]);
    const seen = await runOn(uneven, async c => {
      await c.winCreate(0, 'w');
      await c.winPut(2 ** c.rank, 'w');
      await c.barrier();
      const byRow = await c.winUpdate<number>('w', { clone: true });
      const [, last] = c.inNeighborRanks();
      const one = { selfWeight: 0, neighborWeights: { [last]: 1 } };
      const named = await c.winUpdate<number>('w', { ...one, reset: true });
      const after = {
        selfWeight: 1,
        neighborWeights: Object.fromEntries(c.inNeighborRanks().map(j => [j, 1]))
      };
      return [byRow, named, await c.winUpdate<number>('w', after)];
    });
    expect(seen).toEqual([
      [2, 4, 4 + 2],
      [4, 8, 8 + 4],
      [4.25, 8, 8 + 1],
      [4.75, 2, 2 + 1]
    ]);
  });

  it('update with clone leaves the own value and p, but reads the slots', async () => {
    const seen = await runOn(ringGraph(3), async c => {
      c.turnOnWinOpsWithAssociatedP();
      await c.winCreate(c.rank, 'w', { zeroInit: true });
      await c.winPut(c.rank, 'w', { selfWeight: 0.5 });
      await c.barrier();
      const all = {
        selfWeight: 1,
        neighborWeights: { [(c.rank + 1) % 3]: 1, [(c.rank + 2) % 3]: 1 }
      };
      const clone = await c.winUpdate<number>('w', { ...all, clone: true });
      const versions = Object.values(await c.winVersion('w'));
      const own = await c.winUpdate<number>('w', { selfWeight: 1, neighborWeights: {} });
      return [clone, own, await c.winAssociatedP('w'), ...versions];
    });
    expect(seen).toEqual([0, 1, 2].map(r => [r / 2 + 3 - r, r / 2, 0.5, 0, 0]));
  });

  it("update with the weights of a star by default; arrays that change later are not the window's", async () => {
    const seen = await runOn(starGraph(4), async c => {
      const x = Float64Array.of(c.rank);
      await c.winCreate(x, 'w');
      x[0] = 99;
      await c.winPut(Float64Array.of(2 * c.rank), 'w', { dstWeights: [] });
      return (await c.winUpdate<Float64Array>('w'))[0];
    });
    const star = (r: number): number => (r === 0 ? 0 : (2 * r * 3) / 4 + r / 4);
    seen.forEach((x, r) => expect(x).toBeCloseTo(star(r), 12));
  });

  it('put scales the own value, so that a neighbour gets what is left', async () => {
    const seen = await runOn(ringGraph(2), async c => {
      await c.winCreate(c.rank + 1, 'w');
      await c.winPut(10 * (c.rank + 1), 'w', { selfWeight: 0.5, dstWeights: [] });
      await c.barrier();
      await c.winGet('w');
      await c.barrier();
      return c.winUpdateThenCollect('w');
    });
    expect(seen).toEqual([15, 15]);
  });
}

function declareValues(runOn: RunWindows): void {
  it('keep the type and the structure of every kind of value, and memory of their own', async () => {
    const seen = await runOn(ringGraph(2), async c => {
      const x = {
        w: Float64Array.of(4, 8),
        layers: [Float32Array.of(2), Int32Array.of(6), c.rank] as const
      };
      await c.winCreate(x, 'w', { zeroInit: true });
      x.w[0] = 99;
      await c.winPut({ ...x, w: Float64Array.of(4 * c.rank, 8) }, 'w');
      await c.barrier();
      const first = await c.winUpdateThenCollect<typeof x>('w');
      const kept = first.w[1];
      first.w[1] = 99;
      const again = await c.winUpdateThenCollect<typeof x>('w');
      return [again, kept];
    });
    const right = { w: Float64Array.of(4, 16), layers: [Float32Array.of(4), Int32Array.of(12), 1] };
    expect(seen).toEqual([
      [right, 16],
      [right, 16]
    ]);
  });

  it.each([0, 1, 1003])(
    'of %i numbers, float32 and float64 each in its own precision',
    async length => {
      const seen = await runOn(ringGraph(2), async c => {
        const x = { a: new Float64Array(length).fill(0.1), b: new Float32Array(length).fill(0.1) };
        await c.winCreate(x, 'w', { zeroInit: true });
        await c.winAccumulate(x, 'w');
        await c.winAccumulate(x, 'w', { selfWeight: 0 });
        await c.barrier();
        const { a, b } = await c.winUpdateThenCollect<typeof x>('w');
        return [a.length, b.length, a[0], b[0], a.constructor.name, b.constructor.name];
      });
      const [a, b] = length === 0 ? [undefined, undefined] : [0.2, Math.fround(0.2)];
      expect(seen[0]).toEqual([length, length, a, b, 'Float64Array', 'Float32Array']);
    }
  );

  it('of whole numbers refuse fractions before anything has changed', async () => {
    const [codes] = await runOn(ringGraph(2), async c => {
      const code = (error: unknown): unknown => (error as { code?: string }).code;
      await c.winCreate(Int32Array.of(3), 'w');
      const put = await c.winPut(Int32Array.of(5), 'w', { selfWeight: 0.5 }).catch(code);
      const update = await c.winUpdate('w').catch(code);
      return [put, update, await c.winUpdateThenCollect('w')];
    });
    expect(codes).toEqual(['VALUE_INVALID', 'VALUE_INVALID', Int32Array.of(6)]);
  });
}
