/** Ranks that share machines: two on each where the number of ranks is even, one otherwise. */
import { exponentialSources, mean, nodesPerMachine, range, type Case } from './case.js';

const machineOf = (rank: number, n: number): number => Math.floor(rank / nodesPerMachine(n));
const machinesOf = (n: number): number => n / nodesPerMachine(n);

/** The average of the ranks on a machine. */
const averageOf = (machine: number, n: number): number =>
  mean(range(nodesPerMachine(n)).map(k => machine * nodesPerMachine(n) + k));

export const machines: readonly Case[] = [
  {
    title: 'ranks are numbered through, machine after machine',
    program: c => [c.localSize(), c.localRank(), c.machineSize(), c.machineRank()],
    expected: (rank, n) => {
      const local = nodesPerMachine(n);
      return [local, rank % local, n / local, Math.floor(rank / local)];
    }
  },
  {
    // The first of these: a machine topology that is set stays.
    title: 'there is no machine topology before one is set, and a set one is loaded',
    program: async (c, { ringGraph, outcomeOf }) => {
      const { code } = await outcomeOf(() => c.hierarchicalNeighborAllreduce(1));
      const before = [
        c.loadMachineTopology(),
        c.inNeighborMachineRanks(),
        c.isMachineTopoWeighted()
      ];
      const ring = ringGraph(c.machineSize(), { connectStyle: 2 });
      const isSet = c.setMachineTopology(ring);
      const near = [c.inNeighborMachineRanks(), c.outNeighborMachineRanks()];
      return [
        code,
        before,
        isSet,
        c.loadMachineTopology() === ring,
        near,
        c.isMachineTopoWeighted()
      ];
    },
    expected: (rank, n) => {
      const [m, machine] = [machinesOf(n), machineOf(rank, n)];
      const near = m === 1 ? [[], []] : [[(machine - 1 + m) % m], [(machine + 1) % m]];
      return ['VALUE_INVALID', [undefined, [], false], true, true, near, true];
    }
  },
  {
    title: 'allreduce averages or sums inside of a machine',
    program: async c => [
      await c.allreduce(c.rank, { isHierarchicalLocal: true }),
      await c.allreduce(c.rank, { isHierarchicalLocal: true, average: false }),
      await c.allreduce(c.rank, { isHierarchicalLocal: true, name: 'inside' })
    ],
    expected: (rank, n) => {
      const average = averageOf(machineOf(rank, n), n);
      return [average, average * nodesPerMachine(n), average];
    }
  },
  {
    title: 'machines average as the nodes of their topology do, every rank of one alike',
    program: (c, { exponentialTwoGraph }) => {
      c.setMachineTopology(exponentialTwoGraph(c.machineSize()));
      return c.hierarchicalNeighborAllreduce(new Float64Array(23).fill(c.rank));
    },
    expected: (rank, n) => {
      const machine = machineOf(rank, n);
      const near = [machine, ...exponentialSources(machine, machinesOf(n))];
      return new Float64Array(23).fill(mean(near.map(other => averageOf(other, n))));
    }
  },
  {
    title: 'the average of 2^-256 over machines is 2^-256 exactly',
    program: async (c, { exponentialTwoGraph }) => {
      c.setMachineTopology(exponentialTwoGraph(c.machineSize()));
      return (await c.hierarchicalNeighborAllreduce(2 ** -256)) === 2 ** -256;
    },
    expected: () => true
  },
  {
    title: 'a value moves from machine to machine, weighed at both ends, checked or not',
    sizes: [2, 3, 4, 8],
    program: async (c, { ringGraph }) => {
      c.setMachineTopology(ringGraph(c.machineSize()));
      const [m, machine] = [c.machineSize(), c.machineRank()];
      const [last, next] = [(machine - 1 + m) % m, (machine + 1) % m];
      const isAlone = m === 1;
      const move = {
        selfWeight: isAlone ? 1 : 0,
        srcMachineWeights: isAlone ? {} : { [last]: 0.5 },
        dstMachineWeights: isAlone ? {} : { [next]: 2 }
      };
      return [
        await c.hierarchicalNeighborAllreduce(c.rank, move),
        await c.hierarchicalNeighborAllreduce(c.rank, { ...move, enableTopoCheck: false }),
        await c.hierarchicalNeighborAllreduce(c.rank, { ...move, name: 'move' })
      ];
    },
    expected: (rank, n) => {
      const [m, machine] = [machinesOf(n), machineOf(rank, n)];
      return Array(3).fill(averageOf(m === 1 ? machine : (machine - 1 + m) % m, n));
    }
  },
  {
    title: 'calls on machines that are started together keep apart, and inputs are left alone',
    program: async (c, { exponentialTwoGraph }) => {
      c.setMachineTopology(exponentialTwoGraph(c.machineSize()));
      const x = Float64Array.of(c.rank);
      const calls = [0, 1, 2].map(k => c.hierarchicalNeighborAllreduce([x, k]));
      const results = await Promise.all([...calls, c.allreduce(x)]);
      return [results, x];
    },
    expected: (rank, n) => {
      const machine = machineOf(rank, n);
      const near = [machine, ...exponentialSources(machine, machinesOf(n))];
      const average = Float64Array.of(mean(near.map(other => averageOf(other, n))));
      const all = Float64Array.of((n - 1) / 2);
      return [[[average, 0], [average, 1], [average, 2], all], Float64Array.of(rank)];
    }
  }
];
