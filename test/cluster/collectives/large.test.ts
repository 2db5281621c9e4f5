import { describe, expect, it } from 'vitest';
import type { EngineCommunicator } from '../../../kernel-runtime/src/cluster/collectives/engine-communicator.js';
import type { LeafData } from '../../../kernel-runtime/src/mathematics/communicator/values.js';
import {
  exponentialTwoGraph,
  ringGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { Ranks, runOnRanks } from './ranks.js';

type Communicator = Parameters<Parameters<typeof simulate>[1]>[0];

const ring = ringGraph(4);
const kinds = { Float64Array, Float32Array };

function vector(kind: keyof typeof kinds, length: number, seed: number): LeafData {
  const draw = random(seed);
  const pattern = Array.from({ length: 997 }, () => draw.uniform() * 10 - 5);
  const data = new kinds[kind](length);
  for (let i = 0; i < length; i++) data[i] = pattern[i % 997] + i / length;
  return data;
}

/** The bytes of arrays, wherever they stand in a value. */
function bytesOf(value: unknown): Buffer {
  if (ArrayBuffer.isView(value))
    return Buffer.from(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  return Buffer.concat(Object.values(value as object).map(bytesOf));
}

/** The first place where ranks and simulator differ; a diff of millions of numbers would say less. */
function expectSameBytes(seen: readonly Buffer[], expected: readonly Buffer[]): void {
  expect(seen.map(bytes => bytes.length)).toEqual(expected.map(bytes => bytes.length));
  seen.forEach((bytes, k) => {
    if (bytes.equals(expected[k])) return;
    const at = bytes.findIndex((byte, i) => byte !== expected[k][i]);
    expect.fail(`result ${k} differs from byte ${at} on`);
  });
}

describe('large arrays', () => {
  it.each<[n: number, kind: keyof typeof kinds, length: number, where: string]>([
    [4, 'Float32Array', 1_000_003, 'new memory'],
    [5, 'Float64Array', 400_009, 'out'],
    [8, 'Float32Array', 777_777, 'link memory']
  ])(
    'average to the bits of the simulator after every iteration (%i ranks, %s of %i, %s)',
    async (n, kind, length, where) => {
      const steps = 4;
      const run = async (
        c: Communicator,
        into: (LeafData | undefined)[],
        check: (k: number, x: LeafData) => void
      ): Promise<void> => {
        let x = vector(kind, length, c.rank + 1);
        for (let k = 0; k < steps; k++) {
          const out = into[k % into.length];
          x = await c.neighborAllreduce(x, out ? { out } : {});
          check(k, x);
        }
      };
      const expected: Buffer[] = [];
      await simulate(exponentialTwoGraph(n), c =>
        run(c, [undefined], (k, x) => (expected[c.rank * steps + k] = bytesOf(x)))
      );
      await runOnRanks(exponentialTwoGraph(n), c => {
        const make = (): LeafData | undefined => {
          if (where === 'new memory') return undefined;
          if (where === 'out') return new kinds[kind](length);
          return c.linkArray(kind === 'Float64Array' ? 'float64' : 'float32', length);
        };
        return run(c as unknown as Communicator, [make(), make()], (k, x) =>
          expectSameBytes([bytesOf(x)], [expected[c.rank * steps + k]])
        );
      });
    }
  );

  const record = (c: Communicator): Record<string, LeafData> => ({
    a: vector('Float32Array', 150_001, c.rank),
    b: vector('Float64Array', 7, c.rank + 10),
    c: Int32Array.from({ length: 33_333 }, (_, i) => i * (c.rank + 1)),
    d: vector('Float64Array', 120_007, c.rank + 20),
    // A read that begins at an array without entries needs a place with bytes: the system takes no empty buffer.
    ...{ '0': new Float64Array(0), b0: new Float32Array(0), e: new Int32Array(0) }
  });
  const floats = (c: Communicator): LeafData[] => [
    vector('Float32Array', 300_001, c.rank),
    vector('Float64Array', 90_001, c.rank)
  ];
  const others = (c: Communicator): number[] => [0, 1, 2, 3].filter(j => j !== c.rank);
  const operations: [string, (c: Communicator) => Promise<unknown>][] = [
    ['allreduce', c => c.allreduce(floats(c))],
    ['a sum of all', c => c.allreduce(record(c), { average: false })],
    ['broadcast', c => c.broadcast(record(c), 2)],
    ['allgather', c => c.allgather(vector('Float32Array', 40_000 * (c.rank + 1), c.rank))],
    ['neighborAllgather', c => c.neighborAllgather(vector('Float64Array', 50_001, c.rank))],
    [
      'whole weights',
      c => c.neighborAllreduce(record(c), { selfWeight: 2, srcWeights: weights(c, 3) })
    ],
    [
      'weights of both ends, a source that weighs nothing among them',
      c =>
        c.neighborAllreduce(floats(c), {
          selfWeight: 0.3,
          srcWeights: Object.fromEntries(others(c).map(j => [j, j === 2 ? 0 : 0.1 * (j + 1)])),
          dstWeights: Object.fromEntries(others(c).map(j => [j, j === 1 ? 1 : 0.7]))
        })
    ],
    ['an average inside machines', c => c.allreduce(floats(c), { isHierarchicalLocal: true })],
    [
      'hierarchicalNeighborAllreduce',
      c => {
        c.setMachineTopology(ringGraph(2));
        return c.hierarchicalNeighborAllreduce(floats(c));
      }
    ]
  ];

  it.each(operations)('have the bits of the simulator: %s', async (_, operation) => {
    const nodesPerMachine = 2;
    const seen = await runOnRanks(
      ring,
      async c => bytesOf(await operation(c as unknown as Communicator)),
      { nodesPerMachine }
    );
    const expected = await simulate({ topology: ring, nodesPerMachine }, async c =>
      bytesOf(await operation(c))
    );
    expectSameBytes(seen, expected);
  });

  it('meet by name when they are begun and awaited in opposite order', async () => {
    const seen = await runOnRanks(exponentialTwoGraph(4), async c => {
      const x = new Float64Array(500_003).fill(c.rank);
      const names = c.rank % 2 ? ['a', 'b'] : ['b', 'a'];
      const [first, second] = names.map(name => c.neighborAllreduce(x, { name }));
      return [(await first)[7], (await second)[500_002]];
    });
    for (const [rank, averages] of seen.entries()) {
      const average = (rank + ((rank + 3) % 4) + ((rank + 2) % 4)) / 3;
      expect(averages).toEqual([average, average]);
    }
  });

  it('let a sender go whose turn waits for a rank that itself waits for the sender', async () => {
    const seen = await runOnRanks(exponentialTwoGraph(4), async c => {
      const x = new Float64Array(800_003).fill(c.rank);
      const none = { selfWeight: 1, enableTopoCheck: false } as const;
      const send = (to: number): Promise<Float64Array> =>
        c.neighborAllreduce(x, { ...none, srcWeights: {}, dstWeights: [to] });
      const receive = (...from: number[]): Promise<Float64Array> =>
        c.neighborAllreduce(x, {
          ...none,
          srcWeights: Object.fromEntries(from.map(j => [j, 1])),
          dstWeights: []
        });
      if (c.rank === 0) return (await receive(1, 2))[800_002];
      if (c.rank === 1) {
        const y = await receive(2);
        await send(0);
        return y[800_002];
      }
      if (c.rank === 2) for (const to of [0, 1]) await send(to);
      return 0;
    });
    expect(seen).toEqual([3, 3, 0, 0]);
  });

  it.each(['neighborAllreduce', 'allreduce', 'broadcast', 'allgather'] as const)(
    'keep the memory in order when %s ends early, however often',
    async operation => {
      const n = 4;
      const ranks = await Ranks.start(n);
      const begin = (c: EngineCommunicator, timeout?: number): Promise<LeafData> => {
        const x = new Float32Array(900_001).fill(c.rank + 1);
        const options = timeout === undefined ? {} : { timeout };
        return operation === 'broadcast' ? c.broadcast(x, 0, options) : c[operation](x, options);
      };
      for (let turn = 0; turn < 8; turn++) {
        const isInterrupted = turn % 2 === 0;
        const calls = ranks.all
          .slice(0, 3)
          .map(c => begin(c, isInterrupted ? undefined : 5 * turn));
        const ends = calls.map(call => call.catch((error: { code: string }) => error.code));
        if (isInterrupted) {
          for (let k = 0; k < 3 * turn; k++) await ranks.all[0].waiting();
          ranks.openEpoch();
        }
        for (const end of await Promise.all(ends))
          if (typeof end === 'string')
            expect(end).toBe(isInterrupted ? 'INTERRUPTED' : 'CALL_TIMEOUT');
        ranks.openEpoch();
        const results = await ranks.run(c => begin(c));
        expect(results.map(y => (y as LeafData).at(-1))).toEqual(
          [0, 1, 2, 3].map(rank => expected(operation, rank))
        );
        while (ranks.memories.some(memory => memory.used > 0)) await ranks.all[0].waiting();
      }
      for (const c of ranks.all)
        expect(c.linkArray('int32', 1).buffer.byteLength).toBeLessThan(5e7);
      ranks.stop();
    }
  );
});

function weights(c: Communicator, weight: number): Record<number, number> {
  return { [(c.rank + 1) % 4]: weight, [(c.rank + 3) % 4]: 1 };
}

/** Any entry of the result of rank + 1 on rank 0 … 3; the last one, in a gather. */
function expected(operation: string, rank: number): number {
  if (operation === 'broadcast') return 1;
  if (operation === 'allgather') return 4;
  if (operation === 'allreduce') return 2.5;
  return Math.fround((rank + ((rank + 3) % 4) + ((rank + 2) % 4) + 3) / 3);
}
