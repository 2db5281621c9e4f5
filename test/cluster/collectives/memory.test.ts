import { describe, expect, it } from 'vitest';
import { EngineCommunicator } from '../../../kernel-runtime/src/cluster/collectives/engine-communicator.js';
import { LinkArrays } from '../../../kernel-runtime/src/cluster/collectives/link-arrays.js';
import {
  createMemory,
  LinkMemory
} from '../../../kernel-runtime/src/cluster/collectives/link-memory.js';
import type { Value } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import type { RunCommunicator } from '../../mathematics/contract/communicator.js';
import { runOnRanks } from './ranks.js';

const LINE = 64;
const backends: RunCommunicator[] = [
  runOnRanks,
  (topology, program) => simulate(topology, program)
];

describe('link memory', () => {
  it('hands out blocks that never overlap, and joins what comes back', () => {
    const memory = new LinkMemory(createMemory());
    const choose = random(3);
    const used = new Map<number, number>();
    for (let k = 0; k < 5000; k++) {
      const [oldest] = used.keys();
      if (used.size > 20 || (oldest !== undefined && choose.uniform() < 0.4)) {
        memory.free(oldest);
        used.delete(oldest);
      } else {
        const bytes = LINE * (1 + choose.integer(500));
        const offset = memory.allocate(bytes);
        for (const [other, otherBytes] of used) {
          expect(offset >= other + otherBytes || other >= offset + bytes).toBe(true);
        }
        used.set(offset, bytes);
      }
    }
    const size = memory.memory.buffer.byteLength;
    for (const offset of used.keys()) memory.free(offset);
    expect(memory.used).toBe(0);
    // All gaps have become one: what was handed out in parts can be had as a whole.
    memory.allocate(size - 2 * (1 << 16));
    expect(memory.memory.buffer.byteLength).toBe(size);
  });

  it('is grown by two threads that do not know of each other', () => {
    const memory = createMemory();
    const [one, two] = [new LinkMemory(memory), new LinkMemory(memory)];
    const [a, b] = [one.allocate(1 << 20), two.allocate(1 << 20)];
    one.view(['float64', a, 8]).fill(1);
    two.view(['float64', b, 8]).fill(2);
    expect(one.view(['float64', b, 8])).toEqual(new Float64Array(8).fill(2));
    expect(two.view(['float64', a, 8])).toEqual(new Float64Array(8).fill(1));
  });

  it('ends at 4 GiB with a clear error, and goes on below', () => {
    const memory = new LinkMemory(createMemory());
    expect(() => memory.allocate(2 ** 32)).toThrow(/no room for 4294967296 bytes.*4 GiB/);
    expect(memory.allocate(LINE)).toBeGreaterThan(0);
  });

  it.each([
    ['dtype', () => ['float16', 4]],
    ['length', () => ['float64', -1]],
    ['length', () => ['float64', 1.5]],
    ['length', () => ['float64', NaN]]
  ])('refuses arrays of a wrong %s', (what, given) => {
    const arrays = new LinkArrays(new LinkMemory(createMemory()));
    const [dtype, length] = given() as ['float64', number];
    expect(() => arrays.create(dtype, length)).toThrow(new RegExp(`linkArray, ${what}: expected`));
  });
});

describe('the memory of a result', () => {
  const ring = ringGraph(3);
  const outs: [string, (rank: number) => [x: Value, out: Value]][] = [
    ['a vector', rank => [Float64Array.of(rank, 1), new Float64Array(2)]],
    ['a float32 vector', rank => [Float32Array.of(rank / 3), new Float32Array(1)]],
    [
      'a matrix',
      rank => [new Matrix(Float64Array.of(rank, 2), 2, 1), new Matrix(new Float64Array(2), 2, 1)]
    ],
    [
      'records and numbers',
      rank => [
        { w: Float64Array.of(rank), b: rank },
        { w: new Float64Array(1), b: 0 }
      ]
    ]
  ];

  it.each(outs)('is that of `out`: %s', async (_, make) => {
    for (const runOn of backends) {
      const seen = await runOn(ring, async c => {
        const [x, out] = make(c.rank);
        const usual = [await c.neighborAllreduce(x), await c.allreduce(x), await c.broadcast(x, 1)];
        const calls = [
          () => c.neighborAllreduce(x, { out }),
          () => c.allreduce(x, { out }),
          () => c.broadcast(x, 1, { out })
        ];
        for (const [k, call] of calls.entries()) {
          const result = await call();
          expect(result).toEqual(usual[k]);
          if (ArrayBuffer.isView(out)) expect(result).toBe(out);
          else expect(arraysOf(result)).toEqual(arraysOf(out));
        }
        return 'same';
      });
      expect(seen).toEqual(['same', 'same', 'same']);
    }
  });

  const whole = new Float64Array(6);
  it.each<[string, Value, Value]>([
    ['another length', new Float64Array(2), new Float64Array(3)],
    ['another type', new Float64Array(2), new Float32Array(2)],
    ['another structure', [new Float64Array(2)], new Float64Array(2)],
    ['the memory of x', whole.subarray(0, 4), whole.subarray(2, 6)],
    [
      'one memory for two arrays',
      [new Float64Array(2), new Float64Array(2)],
      [whole.subarray(0, 2), whole.subarray(1, 3)]
    ]
  ])('may not be %s, and the next call works', async (_, x, out) => {
    for (const runOn of backends) {
      const seen = await runOn(ring, async c => [
        await c.neighborAllreduce(x, { out }).catch((e: unknown) => (e as { code: string }).code),
        await c.allreduce(c.rank)
      ]);
      expect(seen).toEqual(Array(3).fill(['VALUE_INVALID', 1]));
    }
  });

  const large = (1 << 20) / 8;
  it.each<[string, number]>([
    ['a few numbers', 2],
    ['a megabyte', large]
  ])(
    'may be x itself where x is the result, is not read, or is not sent: %s',
    async (_, length) => {
      for (const runOn of backends) {
        const seen = await runOn(ring, async c => {
          const makes = [
            (): Float64Array => new Float64Array(length),
            ...(c instanceof EngineCommunicator
              ? [(): Float64Array => c.linkArray('float64', length)]
              : [])
          ];
          for (const make of makes) {
            const x = make().fill(c.rank + 1);
            const out = c.rank === 1 ? make() : x;
            const weights = {
              selfWeight: c.rank === 0 ? 1 : 0.5,
              srcWeights: c.rank === 0 ? {} : { [c.rank - 1]: 0.5 },
              dstWeights: c.rank === 2 ? [] : [c.rank + 1]
            };
            expect(await c.neighborAllreduce(x, { ...weights, out })).toBe(out);
            expect([out[0], out[length - 1]]).toEqual(
              Array(2).fill(c.rank === 0 ? 1 : c.rank + 0.5)
            );
            x[length - 1] = 10 * c.rank;
            expect(await c.broadcast(x, 2, { out: x })).toBe(x);
            expect([x[0], x[length - 1]]).toEqual([2.5, 20]);
            const both = {
              selfWeight: 0.5,
              srcWeights: {},
              dstWeights: [(c.rank + 1) % 3],
              out: x
            };
            const refused = await c.neighborAllreduce(x, both).catch((e: unknown) => e);
            expect(refused).toMatchObject({ code: 'VALUE_INVALID' });
          }
          return 'as expected';
        });
        expect(seen).toEqual(Array(3).fill('as expected'));
      }
    }
  );

  it('may be a link array, as may the value; a part of one too', async () => {
    const seen = await runOnRanks(ring, async c => {
      const x = c.linkArray('float64', 6);
      const out = c.linkArray('float64', 4);
      expect([...x, ...out]).toEqual(Array(10).fill(0));
      x.fill(c.rank);
      const part = x.subarray(1, 5);
      const results = [];
      for (let k = 0; k < 3; k++) {
        const result = await c.neighborAllreduce(part, { out });
        expect(result).toBe(out);
        results.push(out[0], out[3]);
        x.fill(c.rank + k + 1);
      }
      return results;
    });
    expect(seen).toEqual(Array(3).fill([1, 1, 2, 2, 3, 3]));
  });

  it('may lie elsewhere in every call, as may the value', async () => {
    const seen = await runOnRanks(ring, async c => {
      const linked = [1, 2].map(() => c.linkArray('float64', 4));
      const own = [1, 2].map(() => new Float64Array(4));
      const xs = [linked[0], own[0], linked[0], linked[1], own[1], linked[1]];
      const outs = [linked[1], linked[1], own[0], undefined, undefined, linked[0], own[0]];
      const wrong = [];
      for (let k = 0; k < 2 * xs.length * outs.length; k++) {
        const x = xs[k % xs.length];
        const out = outs[k % outs.length];
        if (x === out) continue;
        x.fill(k + c.rank);
        const result = await c.neighborAllreduce(x, out && { out });
        if (out ? result !== out : result === x) wrong.push(`${k}: another array`);
        if (!result.every(value => value === k + 1)) wrong.push(`${k}: ${result.join()}`);
        if (!x.every(value => value === k + c.rank)) wrong.push(`${k}: x was written`);
      }
      return wrong;
    });
    expect(seen).toEqual([[], [], []]);
  });

  it('is the caller’s alone: what a call has returned stays when the next one runs', async () => {
    const seen = await runOnRanks(ring, async c => {
      const results = [];
      for (let k = 0; k < 5; k++) {
        const x = new Float64Array(5000).fill(c.rank + k);
        const pending = c.neighborAllreduce(x);
        // Copied already: the call does not see this.
        x.fill(NaN);
        results.push(await pending);
      }
      return results.map(result => [result[0], result[4999]]);
    });
    expect(seen).toEqual(Array(3).fill([0, 1, 2, 3, 4].map(k => [k + 1, k + 1])));
  });
});

function arraysOf(value: unknown): unknown[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arraysOf) : [];
}
