/** Exchanges whose destinations are named in the call. */
import { exponentialRanks, range, sum, type Case } from './case.js';

const more = [2, 3, 4, 8];

export const dynamic: readonly Case[] = [
  {
    title: 'a value moves along the ring, in the topology or outside of it, checked or not',
    sizes: more,
    program: async c => {
      const [last, next] = [(c.rank - 1 + c.size) % c.size, (c.rank + 1) % c.size];
      const forth = { selfWeight: 0, srcWeights: { [last]: 1 }, dstWeights: [next] };
      const back = { selfWeight: 0, srcWeights: { [next]: 1 }, dstWeights: [last] };
      return [
        await c.neighborAllreduce(c.rank, forth),
        await c.neighborAllreduce(c.rank, { ...forth, enableTopoCheck: false }),
        await c.neighborAllreduce(c.rank, back)
      ];
    },
    expected: (rank, n) => [(rank - 1 + n) % n, (rank - 1 + n) % n, (rank + 1) % n]
  },
  {
    title: 'some ranks only send and others only receive',
    sizes: [2, 4, 8],
    program: c => {
      const [last, next] = [(c.rank - 1 + c.size) % c.size, (c.rank + 1) % c.size];
      const sends = { selfWeight: 1, srcWeights: {}, dstWeights: [next] };
      const receives = { selfWeight: 1, srcWeights: { [last]: 1 }, dstWeights: [] };
      return c.neighborAllreduce(c.rank, c.rank % 2 ? receives : sends);
    },
    expected: rank => (rank % 2 ? 2 * rank - 1 : rank)
  },
  {
    title: 'the exponential graph named by each call gives its average',
    program: c => {
      const share = 1 / (c.inNeighborRanks().length + 1);
      const srcWeights = Object.fromEntries(c.inNeighborRanks().map(rank => [rank, share]));
      const options = { selfWeight: share, srcWeights, dstWeights: c.outNeighborRanks() };
      return c.neighborAllreduce(c.rank, options);
    },
    expected: (rank, n) => {
      const ranks = exponentialRanks(rank, n);
      return sum(ranks) / ranks.length;
    }
  },
  {
    title: 'both ends weigh: half on the way, half of oneself',
    program: c => {
      const srcWeights = Object.fromEntries(c.inNeighborRanks().map(rank => [rank, 1]));
      const dstWeights = new Map(c.outNeighborRanks().map(rank => [rank, 0.5]));
      return c.neighborAllreduce(c.rank, { selfWeight: 0.5, srcWeights, dstWeights });
    },
    expected: (rank, n) => 0.5 * sum(exponentialRanks(rank, n))
  },
  {
    title: 'fifty such exchanges that are started together keep apart',
    program: c => {
      const srcWeights = Object.fromEntries(c.inNeighborRanks().map(rank => [rank, 1]));
      const dstWeights = Object.fromEntries(c.outNeighborRanks().map(rank => [rank, 0.5]));
      const options = { selfWeight: 0.5, srcWeights, dstWeights };
      return Promise.all(
        Array.from({ length: 50 }, (_, i) => c.neighborAllreduce(i + 50 * c.rank, options))
      );
    },
    expected: (rank, n) =>
      range(50).map(i => 0.5 * sum(exponentialRanks(rank, n).map(other => i + 50 * other)))
  },
  {
    title: 'nobody to send to and nobody to hear leaves selfWeight times the value',
    program: c => c.neighborAllreduce(c.rank, { selfWeight: 3, srcWeights: {}, dstWeights: [] }),
    expected: rank => 3 * rank
  },
  {
    title: 'neighborAllgather hears the ranks named, in the order in which they are named',
    program: async c => {
      const others = Array.from({ length: c.size }, (_, k) => k).filter(rank => rank !== c.rank);
      const turned = [...others].reverse();
      const value = new Float64Array(c.rank + 1).fill(c.rank);
      return [
        await c.neighborAllgather(value, { srcRanks: others, dstRanks: others }),
        await c.neighborAllgather(value, { srcRanks: turned, dstRanks: others })
      ];
    },
    expected: (rank, n) => {
      const others = range(n).filter(other => other !== rank);
      const gather = (ranks: number[]): Float64Array =>
        Float64Array.from(ranks.flatMap(other => Array<number>(other + 1).fill(other)));
      return [gather(others), gather([...others].reverse())];
    }
  },
  {
    title: 'a pair gossips to its average, or with weights; who is alone names itself',
    program: async c => {
      const partner = c.rank ^ 1;
      const target = partner < c.size ? partner : c.rank;
      const weights = { selfWeight: 0.25, pairWeight: 0.75 };
      return [await c.pairGossip(c.rank, target), await c.pairGossip(c.rank, target, weights)];
    },
    expected: (rank, n) => {
      const other = (rank ^ 1) < n ? rank ^ 1 : rank;
      return [(rank + other) / 2, 0.25 * rank + 0.75 * other];
    }
  },
  {
    title: 'without the check, the two of a pair need nobody else',
    sizes: [3, 4, 8],
    program: c =>
      c.rank < 2 ? c.pairGossip(c.rank, 1 - c.rank, { enableTopoCheck: false }) : 'elsewhere',
    expected: rank => (rank < 2 ? 0.5 : 'elsewhere')
  }
];
