/** Exchanges with the neighbours of a topology. */
import { exponentialRanks, mean, range, sum, type Case } from './case.js';

/** The mesh of n nodes, as near to a square as can be: the ranks beside one, itself included. */
function meshRanks(rank: number, n: number): number[] {
  const rows = Math.max(...range(n + 1).filter(r => r > 0 && n % r === 0 && r * r <= n));
  const columns = n / rows;
  const [i, j] = [Math.floor(rank / columns), rank % columns];
  return range(n).filter(other => {
    const [k, l] = [Math.floor(other / columns), other % columns];
    return Math.abs(i - k) + Math.abs(j - l) <= 1;
  });
}

const ringRanks = (rank: number, n: number, steps: readonly number[]): number[] => [
  ...new Set([rank, ...steps.map(step => (rank + step + n) % n)])
];

export const neighbours: readonly Case[] = [
  {
    title: 'the average of 2^-256 is 2^-256 exactly, and so is its sum with weights 1',
    program: async c => {
      const x = new Float64Array(23).fill(2 ** -256);
      const ones = Object.fromEntries(c.inNeighborRanks().map(rank => [rank, 1]));
      const total = await c.neighborAllreduce(x, { selfWeight: 1, srcWeights: ones });
      const average = await c.neighborAllreduce(x);
      return [
        average.every(entry => entry === 2 ** -256),
        total.every(entry => entry === 2 ** -256 * (c.inNeighborRanks().length + 1))
      ];
    },
    expected: () => [true, true]
  },
  {
    title: 'the exponential graph averages a rank with those 1, 2, 4, … before it',
    program: c => c.neighborAllreduce(new Float64Array(23).fill(c.rank)),
    expected: (rank, n) => new Float64Array(23).fill(mean(exponentialRanks(rank, n)))
  },
  {
    title: 'an unweighted mesh averages the nodes beside each other',
    program: (c, { meshGrid2DGraph }) => {
      c.setTopology(meshGrid2DGraph(c.size), { isWeighted: false });
      return c.neighborAllreduce(c.rank);
    },
    expected: (rank, n) => mean(meshRanks(rank, n))
  },
  ...[
    { style: 0, words: 'both sides', steps: [-1, 1] },
    { style: 1, words: 'the next rank', steps: [1] },
    { style: 2, words: 'the rank before', steps: [-1] }
  ].map(({ style, words, steps }): Case => ({
    title: `a ring of style ${style} averages with ${words}`,
    given: style,
    program: (c, { ringGraph }, given) => {
      c.setTopology(ringGraph(c.size, { connectStyle: given as 0 | 1 | 2 }));
      return c.neighborAllreduce(c.rank);
    },
    expected: (rank, n) => mean(ringRanks(rank, n, steps))
  })),
  {
    title:
      'an unweighted star averages all in the centre, and two elsewhere; any rank may be the centre',
    program: async (c, { starGraph }) => {
      const seen: number[] = [];
      for (let center = 0; center < c.size; center++) {
        c.setTopology(starGraph(c.size, { center }), { isWeighted: false });
        seen.push(await c.neighborAllreduce(c.rank));
      }
      return seen;
    },
    expected: (rank, n) =>
      range(n).map(center => (rank === center ? (n - 1) / 2 : (rank + center) / 2))
  },
  {
    title: 'a weighted star keeps most of a value outside of the centre',
    program: (c, { starGraph }) => {
      c.setTopology(starGraph(c.size));
      return c.neighborAllreduce(c.rank);
    },
    expected: (rank, n) => (rank === 0 ? (n - 1) / 2 : rank * (1 - 1 / n))
  },
  {
    title: 'the same graph set again with other weighting is weighted otherwise',
    program: async (c, { starGraph }) => {
      const star = starGraph(c.size);
      const seen: unknown[] = [];
      for (const isWeighted of [true, false, true]) {
        seen.push(c.setTopology(star, { isWeighted }), c.isTopoWeighted());
        seen.push(await c.neighborAllreduce(c.rank));
      }
      return seen;
    },
    expected: (rank, n) => {
      const weighted = rank === 0 ? (n - 1) / 2 : rank * (1 - 1 / n);
      const plain = rank === 0 ? (n - 1) / 2 : rank / 2;
      return [true, true, weighted, true, false, plain, true, true, weighted];
    }
  },
  {
    title: 'weights of 1 sum, and a whole number is a weight',
    program: c => {
      const ones = Object.fromEntries(c.inNeighborRanks().map(rank => [rank, 1]));
      return c.neighborAllreduce(c.rank, { selfWeight: 1, srcWeights: ones });
    },
    expected: (rank, n) => sum(exponentialRanks(rank, n))
  },
  {
    title: 'weights for some of the in-neighbours leave out exactly the others',
    program: c => {
      const [, ...some] = c.inNeighborRanks();
      const srcWeights = Object.fromEntries(some.map(rank => [rank, 10]));
      return c.neighborAllreduce(c.rank, { selfWeight: 1, srcWeights });
    },
    expected: (rank, n) => {
      const [, ...some] = exponentialRanks(rank, n)
        .slice(1)
        .sort((a, b) => a - b);
      return rank + 10 * sum(some);
    }
  },
  {
    title: 'compressed to 16 bits, what 8 bits hold is averaged as it is',
    program: c => c.neighborAllreduce([c.rank, Float32Array.of(0.5)], { compression: 'bf16' }),
    expected: (rank, n) => [mean(exponentialRanks(rank, n)), Float32Array.of(0.5)]
  },
  {
    title: 'compressed to a third, all entries come to the average in the end',
    program: async (c, { topK }) => {
      let x = Float64Array.from({ length: 10 }, (_, k) => k + c.rank);
      const options = { compression: topK(0.3), name: 'third' };
      for (let k = 0; k < 400; k++) x = await c.neighborAllreduce(x, options);
      return x;
    },
    expected: (_, n) => Float64Array.from(range(10), k => k + (n - 1) / 2)
  },
  {
    title: 'fifty exchanges that are started together keep apart',
    program: c =>
      Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          c.neighborAllreduce(new Float64Array(7).fill(i + c.rank))
        )
      ),
    expected: (rank, n) =>
      range(50).map(i => new Float64Array(7).fill(i + mean(exponentialRanks(rank, n))))
  },
  {
    title: 'neighborAllgather puts the in-neighbours behind each other by rank, without oneself',
    program: async c => [await c.neighborAllgather(Int32Array.of(c.rank)), c.inNeighborRanks()],
    expected: (rank, n) => {
      const sources = exponentialRanks(rank, n)
        .slice(1)
        .sort((a, b) => a - b);
      return [Int32Array.from(sources), sources];
    }
  },
  {
    title: 'neighborAllgather takes different numbers of rows',
    program: async (c, { ringGraph, Matrix }) => {
      c.setTopology(ringGraph(c.size, { connectStyle: 2 }));
      const matrix = Matrix.from(Array.from({ length: c.rank + 1 }, () => [c.rank, 0, 1]));
      const vector = new Float32Array(c.rank).fill(c.rank);
      const [below, behind] = await c.neighborAllgather([matrix, vector]);
      return [below.toRows(), behind];
    },
    expected: (rank, n) => {
      const last = (rank - 1 + n) % n;
      if (n === 1) return [[], new Float32Array(0)];
      return [range(last + 1).map(() => [last, 0, 1]), new Float32Array(last).fill(last)];
    }
  },
  {
    title: 'the neighbours of the exponential graph are named in both directions',
    program: c => [c.inNeighborRanks(), c.outNeighborRanks()],
    expected: (rank, n) => [
      exponentialRanks(rank, n)
        .slice(1)
        .sort((a, b) => a - b),
      range(n).filter(other => exponentialRanks(other, n).slice(1).includes(rank))
    ]
  },
  {
    title: 'null is the exponential graph, and what was set is what is loaded',
    program: (c, { ringGraph }) => {
      const ring = ringGraph(c.size);
      const seen = [c.setTopology(ring), c.loadTopology() === ring];
      return [...seen, c.setTopology(null), c.loadTopology().name, c.setTopology()];
    },
    expected: () => [true, true, true, 'exponential-two', true]
  },
  {
    title: 'records, float32 and empty vectors keep their types, and NaN stays NaN',
    program: c =>
      c.neighborAllreduce({
        w: Float32Array.of(1, NaN),
        layers: [c.rank - c.rank, new Float64Array(0), {}]
      }),
    expected: () => ({ w: Float32Array.of(1, NaN), layers: [0, new Float64Array(0), {}] })
  }
];
