/** Calls of all ranks: averages, sums, broadcasts, gathers. */
import { range, type Case } from './case.js';

/** First dimensions that differ. */
const ROWS = [17, 32, 81, 12, 15, 23, 22, 17];

export const allRanks: readonly Case[] = [
  {
    title: 'allreduce averages equal values to that value',
    program: c => c.allreduce(new Float64Array(23).fill(0.7)),
    expected: () => new Float64Array(23).fill(0.7)
  },
  {
    title: 'allreduce sums',
    program: c => c.allreduce(new Float64Array(23).fill(3), { average: false }),
    expected: (_, n) => new Float64Array(23).fill(3 * n)
  },
  {
    title: 'allreduce averages the ranks',
    program: c => c.allreduce(c.rank),
    expected: (_, n) => (n - 1) / 2
  },
  {
    title: 'two averages that are started together keep apart',
    program: c => Promise.all([c.allreduce(c.rank), c.allreduce(c.rank + 0.5)]),
    expected: (_, n) => [(n - 1) / 2, (n - 1) / 2 + 0.5]
  },
  {
    title: 'fifty averages that are started together keep apart',
    program: c =>
      Promise.all(
        Array.from({ length: 50 }, (_, i) => c.allreduce(new Float64Array(7).fill(i + c.rank)))
      ),
    expected: (_, n) => range(50).map(i => new Float64Array(7).fill(i + (n - 1) / 2))
  },
  {
    title: 'allreduce sums whole numbers as whole numbers',
    program: c => c.allreduce(Int32Array.of(c.rank, 1), { average: false }),
    expected: (_, n) => Int32Array.of((n * (n - 1)) / 2, n)
  },
  {
    title: 'allreduce keeps float32 and matrices',
    program: async (c, { Matrix }) => {
      const matrix = await c.allreduce(Matrix.from([[c.rank, 1]]));
      return [await c.allreduce(Float32Array.of(c.rank)), matrix.toRows()];
    },
    expected: (_, n) => [Float32Array.of((n - 1) / 2), [[(n - 1) / 2, 1]]]
  },
  {
    title: 'broadcast gives the value of each root to all, and leaves inputs alone',
    program: async c => {
      const seen: unknown[] = [];
      for (let root = 0; root < c.size; root++) {
        const x = Float64Array.of(c.rank, -c.rank);
        seen.push(await c.broadcast(x, root), x);
      }
      return seen;
    },
    expected: (rank, n) =>
      range(n).flatMap(root => [Float64Array.of(root, -root), Float64Array.of(rank, -rank)])
  },
  {
    title: 'broadcast carries whole numbers, float32, records and empty vectors',
    program: c =>
      c.broadcast(
        { a: Int32Array.of(c.rank), b: [Float32Array.of(c.rank / 2), new Float64Array(0)] },
        c.size - 1
      ),
    expected: (_, n) => ({
      a: Int32Array.of(n - 1),
      b: [Float32Array.of((n - 1) / 2), new Float64Array(0)]
    })
  },
  {
    title: 'allgather puts vectors one behind the other, by rank',
    program: c => c.allgather(Float64Array.of(c.rank, c.rank)),
    expected: (_, n) => Float64Array.from(range(n).flatMap(rank => [rank, rank]))
  },
  {
    title: 'allgather takes vectors of different lengths, empty ones too',
    program: async c => {
      const rows = [17, 32, 81, 12, 15, 23, 22, 17][c.rank];
      const some = c.rank % 2 ? new Float64Array(0) : Float64Array.of(c.rank);
      return [await c.allgather(new Float64Array(rows).fill(c.rank)), await c.allgather(some)];
    },
    expected: (_, n) => [
      Float64Array.from(range(n).flatMap(rank => Array<number>(ROWS[rank]).fill(rank))),
      Float64Array.from(range(n).filter(rank => rank % 2 === 0))
    ]
  },
  {
    title: 'allgather puts matrices below each other, in records too, and keeps types',
    program: async (c, { Matrix }) => {
      const rows = Array.from({ length: c.rank + 1 }, () => [c.rank, 1]);
      const value = { m: Matrix.from(rows), list: [Int32Array.of(c.rank), Float32Array.of(0.5)] };
      const { m, list } = await c.allgather(value);
      return [m.toRows(), list];
    },
    expected: (_, n) => [
      range(n).flatMap(rank => range(rank + 1).map(() => [rank, 1])),
      [Int32Array.from(range(n)), new Float32Array(n).fill(0.5)]
    ]
  },
  {
    title: 'allgather counts the rows of matrices without columns',
    program: async (c, { Matrix }) => {
      const { rows, columns } = await c.allgather(new Matrix(new Float64Array(0), c.rank, 0));
      return [rows, columns];
    },
    expected: (_, n) => [(n * (n - 1)) / 2, 0]
  },
  {
    title: 'calls of one name that are in flight together meet in the order of their calls',
    program: c =>
      Promise.all(
        Array.from({ length: 3 }, (_, k) => c.allreduce(k + c.rank, { name: 'loss' })).concat(
          Array.from({ length: 3 }, (_, k) => c.neighborAllreduce(k, { name: 'x' }))
        )
      ),
    expected: (_, n) => [...range(3).map(k => k + (n - 1) / 2), 0, 1, 2]
  },
  {
    title: 'named calls meet by name, whatever a rank calls first',
    program: async c => {
      const calls = ['a', 'b'].map(name => () => c.allreduce(name.charCodeAt(0), { name }));
      const [first, last] = c.rank % 2 ? [1, 0] : [0, 1];
      const started = [];
      started[first] = calls[first]();
      started[last] = calls[last]();
      return Promise.all(started);
    },
    expected: () => ['a'.charCodeAt(0), 'b'.charCodeAt(0)]
  },
  {
    title: 'a barrier of all and of one ends',
    program: async c => (await c.barrier()) ?? 'passed',
    expected: () => 'passed'
  },
  {
    title: 'parameters and optimizer states become those of the root, or their average',
    program: async c => {
      const model = { weights: [Float64Array.of(c.rank, 1)], bias: Float32Array.of(c.rank) };
      const state = { step: c.rank, momentum: { w: Float64Array.of(c.rank) } };
      return [
        await c.broadcastParameters(model, 0),
        await c.allreduceParameters(model),
        await c.broadcastOptimizerState(state, c.size - 1)
      ];
    },
    expected: (_, n) => [
      { weights: [Float64Array.of(0, 1)], bias: Float32Array.of(0) },
      { weights: [Float64Array.of((n - 1) / 2, 1)], bias: Float32Array.of((n - 1) / 2) },
      { step: n - 1, momentum: { w: Float64Array.of(n - 1) } }
    ]
  }
];
