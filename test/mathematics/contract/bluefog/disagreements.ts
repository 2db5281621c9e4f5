/** What ranks may want differently, each with an error that says who wants what. */
import type { Case } from './case.js';

const disagreed = (...words: string[]): unknown => ({ code: 'DISAGREEMENT', words });

/** Each ends all ranks' calls with one text. */
export const disagreements: readonly Case[] = [
  {
    title: 'sources and destinations that do not fit',
    sizes: [3, 4, 8],
    program: (c, { outcomeOf }) => {
      const srcWeights = { [(c.rank - 1 + c.size) % c.size]: 1 };
      const dstWeights = [(c.rank + 2) % c.size];
      return outcomeOf(() => c.neighborAllreduce(1, { selfWeight: 1, srcWeights, dstWeights }));
    },
    expected: () => disagreed('rank 0 receives from rank', 'does not send to it')
  },
  {
    title: 'gathers whose ranks do not fit',
    sizes: [3, 4, 8],
    program: (c, { outcomeOf }) => {
      const dstRanks = c.rank === 0 ? [1] : [];
      return outcomeOf(() => c.neighborAllgather(Int32Array.of(1), { srcRanks: [], dstRanks }));
    },
    expected: () => disagreed('rank 0 sends to rank 1', 'does not receive from it')
  },
  {
    title: 'a gossip whose target names somebody else',
    sizes: [3, 4, 8],
    program: (c, { outcomeOf }) => outcomeOf(() => c.pairGossip(1, (c.rank + 1) % c.size)),
    expected: () => disagreed('rank 0 receives from rank 1', 'does not send to it')
  },
  {
    title: 'machines that do not fit',
    sizes: [4, 8],
    program: (c, { outcomeOf, ringGraph }) => {
      c.setMachineTopology(ringGraph(c.machineSize()));
      const srcMachineWeights: Record<number, number> = c.machineRank() === 0 ? { 1: 1 } : {};
      const weights = { selfWeight: 1, srcMachineWeights, dstMachineWeights: [] };
      return outcomeOf(() => c.hierarchicalNeighborAllreduce(1, weights));
    },
    expected: () => disagreed('machine 0 receives from machine 1', 'does not send to it')
  },
  {
    title: 'two ranks of one machine that want different exchanges',
    sizes: [2, 4, 8],
    program: (c, { outcomeOf, ringGraph }) => {
      c.setMachineTopology(ringGraph(c.machineSize()));
      const weights = {
        selfWeight: 1 + c.localRank(),
        srcMachineWeights: {},
        dstMachineWeights: []
      };
      return outcomeOf(() => c.hierarchicalNeighborAllreduce(1, weights));
    },
    expected: () => disagreed('with self 1', 'with self 2')
  },
  {
    title: 'gathers whose dimensions beyond the first differ',
    sizes: [2, 4, 8],
    program: (c, { outcomeOf, Matrix }) => {
      const columns = c.rank ? 3 : 2;
      return outcomeOf(() => c.allgather(new Matrix(new Float64Array(6), 6 / columns, columns)));
    },
    expected: () => disagreed('float64[*,3]', 'float64[*,2]')
  },
  {
    title: 'gathers of different types',
    sizes: [2, 3, 4, 8],
    program: (c, { outcomeOf }) =>
      outcomeOf(() => c.allgather(c.rank ? Int32Array.of(1) : Float64Array.of(1))),
    expected: () => disagreed('int32[*]', 'float64[*]')
  },
  {
    title: 'different roots of a broadcast',
    sizes: [2, 3, 4, 8],
    program: (c, { outcomeOf }) => outcomeOf(() => c.broadcast(1, c.rank === 1 ? 1 : 0)),
    expected: () => disagreed('broadcast from rank 0', 'broadcast from rank 1')
  },
  {
    title: 'an average inside machines beside one of all',
    sizes: [2, 4, 8],
    program: (c, { outcomeOf }) =>
      outcomeOf(() => c.allreduce(1, { isHierarchicalLocal: c.rank === 1 })),
    expected: () => disagreed('inside machines')
  }
];
