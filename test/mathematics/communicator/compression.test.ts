/** Compressed exchanges: what travels, what it costs in accuracy, and that engines and simulator agree to the last bit. */
import { describe, expect, it } from 'vitest';

import {
  fromBf16,
  toBf16
} from '../../../kernel-runtime/src/mathematics/communicator/compression/bf16.js';
import { topK } from '../../../kernel-runtime/src/mathematics/communicator/compression/compression.js';
import type { Communicator } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import {
  exponentialTwoGraph,
  ringGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { runOnRanks } from '../../cluster/collectives/ranks.js';

const rounded = (x: number): number => fromBf16(toBf16(x));
const noise = (rank: number, length = 40): Float64Array => random(4, rank).normal(length);

describe('bf16', () => {
  it.each([
    ['one', 1, 1],
    ['a third, up', 1 / 3, 0.333984375],
    ['a tie to even, down', 1 + 2 ** -8, 1],
    ['a tie to even, up', 1 + 3 * 2 ** -8, 1 + 2 ** -6],
    ['what float32 would make a tie, up', 1 + 2 ** -8 + 2 ** -40, 1 + 2 ** -7],
    ['what float32 would make a tie, down', 1 + 3 * 2 ** -8 - 2 ** -40, 1 + 2 ** -7],
    ['a negative tie', -(1 + 3 * 2 ** -8), -(1 + 2 ** -6)],
    ['zero and its sign', -0, -0],
    ['more than the largest', 3.4e38, Infinity],
    ['infinity', -Infinity, -Infinity],
    ['no number', NaN, NaN],
    ['the smallest', 2 ** -133, 2 ** -133],
    ['less than half of the smallest', 2 ** -135, 0]
  ])('rounds %s', (_, x, expected) => {
    expect(rounded(x)).toBe(expected);
  });

  it('is off by 2^-8 of a number at most, and keeps what it has made', () => {
    for (const x of noise(0, 5000)) {
      const once = rounded(x);
      expect(Math.abs(once - x)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -8);
      expect(rounded(once)).toBe(once);
    }
  });
});

describe('neighborAllreduce with bf16', () => {
  it('hears neighbours to 16 bits and itself to all', async () => {
    const x = (rank: number): number => 1 / 3 + rank;
    const [seen] = await simulate(ringGraph(3), c =>
      c.neighborAllreduce(Float64Array.of(x(c.rank)), { compression: 'bf16' })
    );
    expect(seen[0]).toBe((x(0) + rounded(x(1)) + rounded(x(2))) / 3);
  });

  it('sends a quarter of the bytes of float64, and half of those of float32', async () => {
    const bytesOf = async (
      value: Float64Array | Float32Array,
      isPacked: boolean
    ): Promise<number> => {
      const { time } = await simulate(ringGraph(4), c =>
        c.neighborAllreduce(value, isPacked ? { compression: 'bf16' } : {})
      );
      return time.bytes[0];
    };
    expect(await bytesOf(new Float64Array(100), true)).toBe(
      (await bytesOf(new Float64Array(100), false)) / 4
    );
    expect(await bytesOf(new Float32Array(100), true)).toBe(
      (await bytesOf(new Float32Array(100), false)) / 2
    );
  });
});

describe('neighborAllreduce with topK', () => {
  const options = { compression: topK(0.1), name: 'x' };

  it('keeps the average, and reaches it exactly', async () => {
    const seen = await simulate(exponentialTwoGraph(8), async c => {
      let x: Float64Array = noise(c.rank);
      for (let k = 0; k < 400; k++) x = await c.neighborAllreduce(x, options);
      return [x, await c.allreduce(noise(c.rank))];
    });
    for (const [x, mean] of seen) {
      x.forEach((entry, i) => expect(Math.abs(entry - mean[i])).toBeLessThan(1e-13));
    }
  });

  it('sends a tenth of the entries with their places', async () => {
    const { time } = await simulate(ringGraph(4), c => c.neighborAllreduce(noise(c.rank), options));
    expect(time.bytes[0]).toBe(2 * (4 + 4 * (8 + 4)));
  });

  it('sends what was left out before, once it is the largest change', async () => {
    const [heard] = await simulate(ringGraph(2), async c => {
      const x = Float64Array.of(c.rank * 8, c.rank * 4, c.rank * 2, c.rank);
      const weights = { selfWeight: 0, srcWeights: { [1 - c.rank]: 1 } };
      const told: number[][] = [];
      for (let k = 0; k < 4; k++) {
        const compression = topK(0.25, { gamma: 1 });
        const name = 'x';
        // Rank 0 is zero, so that it hears the estimate of rank 1 itself.
        told.push([...(await c.neighborAllreduce(x, { ...weights, compression, name }))]);
      }
      return told;
    });
    expect(heard).toEqual([
      [8, 0, 0, 0],
      [8, 4, 0, 0],
      [8, 4, 2, 0],
      [8, 4, 2, 1]
    ]);
  });

  it('with ratio 1 gives the bits of the whole exchange', async () => {
    const [seen] = await simulate(exponentialTwoGraph(8), async c => {
      const compression = topK(1);
      const packed = [];
      const whole = [];
      let [x, y] = [noise(c.rank), noise(c.rank)];
      for (let k = 0; k < 5; k++) {
        packed.push((x = await c.neighborAllreduce(x, { compression, name: 'x' })));
        whole.push((y = await c.neighborAllreduce(y)));
      }
      return [packed, whole];
    });
    expect(seen[0]).toEqual(seen[1]);
  });

  it('begins anew for neighbours that have heard nothing before', async () => {
    const exchange = (c: Communicator, x: Float64Array): Promise<Float64Array> =>
      c.neighborAllreduce(x, { compression: topK(1), name: 'x' });
    const seen = await simulate(4, async c => {
      c.setTopology(ringGraph(4));
      await exchange(c, noise(c.rank));
      c.setTopology(exponentialTwoGraph(4));
      const x = noise(c.rank + 4);
      return [await exchange(c, x), await c.neighborAllreduce(x)];
    });
    for (const [packed, whole] of seen) expect(packed).toEqual(whole);
  });
});

describe('compressed exchanges', () => {
  it.each([1, 2, 3, 8])('give the same bits on engines as in the simulator, %i ranks', async n => {
    const program = async (c: Communicator): Promise<unknown> => {
      let x = { w: noise(c.rank, 33), list: [Float32Array.from(noise(c.rank, 7)), c.rank / 3] };
      for (let k = 0; k < 6; k++) {
        x = await c.neighborAllreduce(x, { compression: 'bf16' });
        x = await c.neighborAllreduce(x, { compression: topK(0.2), name: 'x' });
        x = await c.neighborAllreduce(x, { compression: topK(0.5), name: 'y' });
      }
      const [next, last] = [(c.rank + 1) % n, (c.rank + n - 1) % n];
      const move = n === 1 ? {} : { srcWeights: { [last]: 0.5 }, dstWeights: { [next]: 1 / 3 } };
      const weights = n === 1 ? {} : { selfWeight: 0.5, ...move };
      return [x, await c.neighborAllreduce(x, { ...weights, compression: 'bf16' })];
    };
    const topology = exponentialTwoGraph(n);
    const engines = await runOnRanks(topology, program);
    expect(engines).toEqual([...(await simulate(topology, program))]);
  });

  it('send fewer bytes on engines too', async () => {
    const sent = await runOnRanks(ringGraph(3), async c => {
      const bytes = async (): Promise<number> =>
        (await c.counters()).reduce((sum, { sentBytes }) => sum + sentBytes, 0);
      const marks = [await bytes()];
      for (const compression of [undefined, 'bf16', topK(0.1)] as const) {
        await c.neighborAllreduce(noise(c.rank, 1000), {
          name: `${JSON.stringify(compression)}`,
          ...(compression && { compression })
        });
        await c.barrier();
        marks.push(await bytes());
      }
      return marks.slice(1).map((mark, k) => mark - marks[k]);
    });
    for (const bytes of sent) expect(bytes).toEqual([2 * 8000, 2 * 2000, 2 * (4 + 100 * 12)]);
  });

  it.each<[string, (c: Communicator) => unknown, RegExp]>([
    [
      'another word',
      c => c.neighborAllreduce(1, { compression: 'fp8' as never }),
      /'bf16' or topK/
    ],
    ['topK without a name', c => c.neighborAllreduce(1, { compression: topK(0.5) }), /a name/],
    [
      'topK with destinations',
      c =>
        c.neighborAllreduce(1, {
          ...{ selfWeight: 1, srcWeights: {}, dstWeights: [] },
          ...{ compression: topK(0.5), name: 'x' }
        }),
      /dstWeights/
    ],
    [
      'whole numbers',
      c => c.neighborAllreduce(Int32Array.of(1), { compression: 'bf16' }),
      /int32 numbers/
    ],
    ['no entries', () => topK(0), /ratio.*received 0/],
    ['more than all', () => topK(1.5), /ratio.*1\.5/],
    ['no step', () => topK(0.5, { gamma: 0 }), /gamma/]
  ])('refuse %s', async (_, call, words) => {
    const run = simulate(2, async c => call(c));
    await expect(run).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringMatching(words)
    });
  });

  it('disagree with a rank that sends all', async () => {
    const run = simulate(2, c => c.neighborAllreduce(1, c.rank ? { compression: 'bf16' } : {}));
    await expect(run).rejects.toMatchObject({ code: 'DISAGREEMENT' });
  });
});
