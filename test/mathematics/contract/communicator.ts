/**
 * The contract of a Communicator, for the simulator and for real engines. A program uses nothing but its argument, so
 * that a backend may ship it as source; errors are returned as `{ code, message }`, so that every rank reports.
 */
import { describe, expect, it } from 'vitest';
import type { Communicator } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import type { Topology } from '../../../kernel-runtime/src/mathematics/graph/topology.js';

export type CommunicatorProgram<R> = (communicator: Communicator) => Promise<R>;
export type RunCommunicator = <R>(
  topology: Topology,
  program: CommunicatorProgram<R>
) => Promise<R[]>;

const uneven = topologyFromWeights('uneven', [
  [0.5, 0.25, 0.25, 0],
  [0, 0.5, 0.25, 0.25],
  [0.25, 0, 0.5, 0.25],
  [0.25, 0.25, 0, 0.5]
]);
const ring = ringGraph(4);

/** Declares the tests of the contract over one backend of four ranks. */
export function communicatorContract(name: string, runOn: RunCommunicator): void {
  describe(`exchanges on ${name}`, () => declareExchanges(runOn));
  describe(`calls of all ranks on ${name}`, () => declareGlobal(runOn));
  describe(`order and memory on ${name}`, () => declareOrder(runOn));
  describe(`errors on ${name}`, () => declareErrors(runOn));
}

function declareExchanges(runOn: RunCommunicator): void {
  it('weigh with row i of W: numbers', async () => {
    const seen = await runOn(uneven, c => c.neighborAllreduce(2 ** c.rank));
    expect(seen).toEqual([0.5 + 0.5 + 1, 1 + 1 + 2, 0.25 + 2 + 2, 0.25 + 0.5 + 4]);
  });

  it('name the neighbours in both directions', async () => {
    const seen = await runOn(uneven, async c => [
      c.inNeighborRanks(),
      c.outNeighborRanks(),
      c.rank,
      c.size
    ]);
    expect(seen[0]).toEqual([[1, 2], [2, 3], 0, 4]);
    expect(seen[3]).toEqual([[0, 1], [1, 2], 3, 4]);
  });

  it.each<[string, CommunicatorProgram<unknown>, unknown]>([
    [
      'float64 vectors',
      c => c.neighborAllreduce(Float64Array.of(c.rank, 1)),
      Float64Array.of(4 / 3, 1)
    ],
    ['float32 vectors', c => c.neighborAllreduce(Float32Array.of(3 * c.rank)), Float32Array.of(4)],
    [
      'records and arrays',
      c =>
        c.neighborAllreduce({
          w: Float64Array.of(3 * c.rank),
          layers: [3 * c.rank, Float32Array.of(0)]
        }),
      { w: Float64Array.of(4), layers: [4, Float32Array.of(0)] }
    ],
    ['an empty vector', c => c.neighborAllreduce(new Float64Array(0)), new Float64Array(0)]
  ])('keep the type of %s', async (_, program, expected) => {
    const [seen] = await runOn(ring, program);
    expect(seen).toEqual(
      expected instanceof Float64Array && expected.length ? closeTo(expected) : expected
    );
  });

  it('use the weights of the call', async () => {
    const seen = await runOn(ring, c => {
      const left = (c.rank + 3) % 4;
      return c.neighborAllreduce(c.rank, { selfWeight: 10, srcWeights: { [left]: 1 } });
    });
    expect(seen).toEqual([3, 10, 21, 32]);
  });

  it('go to the destinations of the call, scaled on the way', async () => {
    const seen = await runOn(ring, c => {
      const [next, last] = [(c.rank + 2) % 4, (c.rank + 2) % 4];
      return c.neighborAllreduce(c.rank, {
        selfWeight: 0,
        srcWeights: { [last]: 1 },
        dstWeights: { [next]: 0.5 }
      });
    });
    expect(seen).toEqual([1, 1.5, 0, 0.5]);
  });
}

function declareGlobal(runOn: RunCommunicator): void {
  it('average and sum with the same bits on every rank', async () => {
    const seen = await runOn(ring, async c => [
      await c.allreduce(0.1 * (c.rank + 1)),
      await c.allreduce(Float64Array.of(c.rank), { average: false })
    ]);
    for (const result of seen)
      expect(result).toEqual([(0.1 + 0.2 + 0.1 * 3 + 0.4) / 4, Float64Array.of(6)]);
  });

  it('broadcast the value of the root', async () => {
    const seen = await runOn(ring, c => c.broadcast({ x: Float64Array.of(c.rank) }, 2));
    for (const result of seen) expect(result).toEqual({ x: Float64Array.of(2) });
  });

  it('let no rank past a barrier before all are there', async () => {
    const seen = await runOn(ring, async c => {
      const before = c.allreduce(1, { average: false, name: 'arrivals' });
      await c.barrier();
      return before;
    });
    expect(seen).toEqual([4, 4, 4, 4]);
  });
}

function declareOrder(runOn: RunCommunicator): void {
  it('match unnamed calls in the order in which they were made', async () => {
    const seen = await runOn(ring, c =>
      Promise.all([c.neighborAllreduce(1), c.neighborAllreduce(10), c.allreduce(100)])
    );
    for (const result of seen) expect(result.map(Math.round)).toEqual([1, 10, 100]);
  });

  it('match named calls by name, whatever was called first', async () => {
    const seen = await runOn(ring, async c => {
      const calls = {
        a: () => c.neighborAllreduce(1, { name: 'a' }),
        b: () => c.neighborAllreduce(2, { name: 'b' })
      };
      const [first, second] =
        c.rank % 2 ? [calls.a(), calls.b()] : [calls.b(), calls.a()].reverse();
      return [await first, await second];
    });
    for (const result of seen) expect(result.map(Math.round)).toEqual([1, 2]);
  });

  it('let a fast rank go ahead of its neighbours', async () => {
    const seen = await runOn(ring, async c => {
      let x = c.rank;
      for (let k = 0; k < 50; k++) x = await c.neighborAllreduce(x);
      return x;
    });
    for (const x of seen) expect(x).toBeCloseTo(1.5, 10);
  });

  it('return memory of their own, and take a copy of the input', async () => {
    const seen = await runOn(ring, async c => {
      const x = Float64Array.of(c.rank);
      const y = await c.neighborAllreduce(x);
      const z = await c.allreduce(y);
      const before = z[0];
      x[0] = y[0] = 99;
      await c.barrier();
      return [before === z[0], y !== x, z !== y];
    });
    for (const result of seen) expect(result).toEqual([true, true, true]);
  });
}

type Outcome = { code?: string; message: string } | 'resolved';

function declareErrors(runOn: RunCommunicator): void {
  it('of shapes reach every rank with the same text', async () => {
    const seen = await runOn<Outcome>(ring, async c => {
      try {
        for (let k = 0; k < 3; k++)
          await c.neighborAllreduce(new Float64Array(c.rank === 1 ? 3 : 2));
        return 'resolved';
      } catch (error) {
        return { code: (error as { code?: string }).code, message: (error as Error).message };
      }
    });
    expect(new Set(seen.map(outcome => JSON.stringify(outcome))).size).toBe(1);
    expect(seen[0]).toMatchObject({
      code: 'DISAGREEMENT',
      message: expect.stringMatching(/rank 1.*float64\[3\]|float64\[3\].*rank 1/)
    });
  });

  it('of operations reach every rank', async () => {
    const seen = await runOn<Outcome>(ring, async c => {
      try {
        await (c.rank === 2 ? c.allreduce(1) : c.neighborAllreduce(1));
        await c.barrier();
        return 'resolved';
      } catch (error) {
        return { code: (error as { code?: string }).code, message: (error as Error).message };
      }
    });
    for (const outcome of seen) expect(outcome).toMatchObject({ code: 'DISAGREEMENT' });
  });

  it('of weights name the argument', async () => {
    const seen = await runOn<Outcome>(ring, async c => {
      try {
        await c.neighborAllreduce(1, { selfWeight: 1, srcWeights: { [(c.rank + 2) % 4]: 1 } });
        return 'resolved';
      } catch (error) {
        return { code: (error as { code?: string }).code, message: (error as Error).message };
      }
    });
    for (const outcome of seen) {
      expect(outcome).toMatchObject({
        code: 'VALUE_INVALID',
        message: expect.stringContaining('srcWeights')
      });
    }
  });
}

const closeTo = (vector: Float64Array): unknown =>
  expect.toSatisfy(
    (seen: unknown) =>
      seen instanceof Float64Array && seen.every((entry, k) => Math.abs(entry - vector[k]) < 1e-15)
  );
