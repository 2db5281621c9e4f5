import { describe, expect, it } from 'vitest';
import type {
  Communicator,
  NeighborAllreduceOptions
} from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import {
  exponentialTwoGraph,
  ringGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { Ranks, runOnRanks } from './ranks.js';

type Choice = (rank: number, n: number) => NeighborAllreduceOptions;
const before = (rank: number, n: number): number => (rank - 1 + n) % n;
const after = (rank: number, n: number): number => (rank + 1) % n;

describe('an exchange with destinations of its own', () => {
  it.each<[string, Choice, number[]]>([
    [
      'moves values along the ring',
      (r, n) => ({ selfWeight: 0, srcWeights: { [before(r, n)]: 1 }, dstWeights: [after(r, n)] }),
      [3, 0, 1, 2]
    ],
    [
      'moves values between ranks that are no neighbours',
      (r, n) => ({ selfWeight: 0, srcWeights: { [after(r, n)]: 1 }, dstWeights: [before(r, n)] }),
      [1, 2, 3, 0]
    ],
    [
      'lets even ranks only send and odd ranks only receive',
      (r, n) =>
        r % 2
          ? { selfWeight: 1, srcWeights: { [before(r, n)]: 1 }, dstWeights: [] }
          : { selfWeight: 1, srcWeights: {}, dstWeights: [after(r, n)] },
      [0, 1, 2, 5]
    ],
    [
      'multiplies the weights of both ends',
      (r, n) => ({
        selfWeight: 0.5,
        srcWeights: { [before(r, n)]: 2 },
        dstWeights: { [after(r, n)]: 0.5 }
      }),
      [3, 0.5, 2, 3.5]
    ],
    ['may be of nobody', () => ({ selfWeight: 2, srcWeights: {}, dstWeights: {} }), [0, 2, 4, 6]]
  ])('%s, with and without the check of the ranks', async (_, choose, expected) => {
    for (const enableTopoCheck of [true, false]) {
      const seen = await runOnRanks(ringGraph(4, { connectStyle: 1 }), c =>
        c.neighborAllreduce(c.rank, { ...choose(c.rank, 4), enableTopoCheck })
      );
      expect(seen).toEqual(expected);
    }
  });

  it.each<[string, string | undefined]>([
    ['unnamed', undefined],
    ['named', 'move']
  ])('is a disagreement of all ranks if the ends do not fit: %s', async (_, name) => {
    const ranks = await Ranks.start(4);
    const seen = await ranks.run(c =>
      c.neighborAllreduce(1, {
        selfWeight: 1,
        srcWeights: c.rank === 0 ? { 1: 1 } : {},
        dstWeights: [],
        name
      })
    );
    ranks.stop();
    expect(new Set(seen.map(String)).size).toBe(1);
    expect(seen[0]).toMatchObject({
      code: 'DISAGREEMENT',
      message: expect.stringContaining('rank 0 receives from rank 1, but rank 1 does not send')
    });
  });

  it('may be two at a time, awaited in opposite order', async () => {
    const seen = await runOnRanks(ringGraph(4), async c => {
      const move = (name: string): Promise<number> =>
        c.neighborAllreduce(name === 'a' ? c.rank : 10 * c.rank, {
          selfWeight: 0,
          srcWeights: { [before(c.rank, 4)]: 1 },
          dstWeights: [after(c.rank, 4)],
          name
        });
      if (c.rank % 2) {
        const a = await move('a');
        return [a, await move('b')];
      }
      const [b, a] = [move('b'), move('a')];
      return [await a, await b];
    });
    expect(seen).toEqual([
      [3, 30],
      [0, 0],
      [1, 10],
      [2, 20]
    ]);
  });
});

describe('wrong arguments', () => {
  it.each<[string, (c: Communicator) => Promise<unknown>]>([
    ['selfWeight alone', c => c.neighborAllreduce(1, { selfWeight: 1 })],
    ['srcWeights alone', c => c.neighborAllreduce(1, { srcWeights: { 1: 1 } })],
    ['dstWeights alone', c => c.neighborAllreduce(1, { dstWeights: [1] })],
    [
      'a destination named twice',
      c => c.neighborAllreduce(1, { selfWeight: 1, srcWeights: {}, dstWeights: [3, 3] })
    ],
    [
      'a destination that is no rank',
      c => c.neighborAllreduce(1, { selfWeight: 1, srcWeights: {}, dstWeights: [4] })
    ],
    [
      'itself as a source',
      c => c.neighborAllreduce(1, { selfWeight: 1, srcWeights: { [c.rank]: 1 } })
    ],
    ['a text', c => c.neighborAllreduce('1' as never)],
    ['nothing', c => c.allreduce(undefined as never)],
    ['a list with holes', c => c.neighborAllreduce(new Array<number>(2))],
    ['a root that is no rank', c => c.broadcast(1, 4)],
    ['the average of whole numbers', c => c.allreduce(Int32Array.of(1))]
  ])('are refused on the rank itself, and the next call works: %s', async (_, call) => {
    const seen = await runOnRanks(ringGraph(4), async c => [
      await call(c).catch((error: unknown) => (error as { code?: string }).code),
      await c.allreduce(c.rank)
    ]);
    expect(seen).toEqual(Array(4).fill(['VALUE_INVALID', 1.5]));
  });

  it('includes a topology of another size', async () => {
    const [ranks] = [await Ranks.start(3)];
    expect(() => ranks.all[0].setTopology(ringGraph(4))).toThrow(/expected 3 nodes, received 4/);
    ranks.stop();
  });
});

it('a hundred random exchanges on random topologies equal the simulator', async () => {
  const n = 5;
  const program = async (c: Communicator & { setTopology(topology: unknown): void }) => {
    // The same stream on all ranks: the choices agree.
    const choose = random(5);
    const own = random(6, c.rank);
    const results: unknown[] = [];
    for (let k = 0; k < 100; k++) {
      const kind = choose.integer(4);
      const shift = 1 + choose.integer(n - 1);
      if (kind === 0) {
        const entries = choose.uniform(n * n);
        const W = Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (_, j) => (entries[i * n + j] < 0.4 ? 0 : entries[i * n + j]))
        );
        c.setTopology(topologyFromWeights(`random ${k}`, W));
        results.push(await c.neighborAllreduce(own.normal(4)));
      } else if (kind === 1) {
        const move = {
          selfWeight: 0.5,
          srcWeights: { [(c.rank + shift) % n]: 0.5 },
          dstWeights: [(c.rank - shift + n) % n]
        };
        results.push(await c.neighborAllreduce(own.normal(3), move));
      } else if (kind === 2) results.push(await c.allreduce(own.normal(6)));
      else results.push(await c.broadcast(own.normal(2), shift));
    }
    return results;
  };
  const topology = exponentialTwoGraph(n);
  expect(await runOnRanks(topology, program as never)).toEqual(
    await simulate(topology, program as never)
  );
});
