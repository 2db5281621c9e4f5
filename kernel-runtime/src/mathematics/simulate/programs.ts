/** How a simulated rank carries out each operation: the same sums in the same order as on engines, without a socket. */
import { DecentLabError } from '../../errors.js';
import { scaled, sumByRank, weigh } from '../communicator/combine.js';
import type { CallOptions } from '../communicator/communicator.js';
import { coderOf } from '../communicator/compression/coder.js';
import { compressionInWords } from '../communicator/compression/compression.js';
import type { TopKMemory } from '../communicator/compression/top-k.js';
import { assertMutual, edgesOf, planInWords, sayingRanks } from '../communicator/edges.js';
import { concatenate } from '../communicator/gather.js';
import type { ProgramName, Specs } from '../communicator/specs.js';
import type { Description } from '../communicator/values.js';
import type { ExchangePlan } from '../communicator/weights.js';
import type { Arrays, Call } from './calls.js';
import type { Assembly, Entry, Network, Underway } from './network.js';
import {
  agreementEnds,
  allgatherEnds,
  allreduceEnds,
  barrierEnds,
  broadcastEnds,
  hierarchicalEnds,
  type Times
} from './patterns.js';

/** One call of one rank, with its value taken apart. */
export interface Task {
  readonly network: Network;
  readonly rank: number;
  readonly described: Description;
  readonly options: CallOptions;
  /** What this rank remembers of its compressed calls. */
  readonly memory: TopKMemory;
}

/** Starts a call. By a promise if the ranks must agree first; the next call of this rank begins after that. */
type Program<Spec> = (task: Task, spec: Spec) => Underway | Promise<Underway>;

export const programs: { readonly [Name in ProgramName]: Program<Specs[Name]> } = {
  neighborAllreduce(task, spec) {
    const { plan, op = 'neighborAllreduce', isChecked, compression } = spec;
    const start = (): Underway => {
      const own = arraysOf(task);
      const { encode, decode } = coderOf(
        spec,
        { name: task.options.name, rank: task.rank, own },
        task.memory
      );
      const sends = plan.destinations.map(([, factor]) => encode(scaled(own, factor)));
      const finish = (received: readonly Arrays[]): Arrays => {
        const heard = received.map((arrays, s) => decode(plan.sources[s][0], arrays));
        return weigh(plan, own, heard);
      };
      const words = compression ? ` ${compressionInWords(compression)}` : '';
      return task.network.exchange(callOf(task, `${op}${words}`), { plan, sends, finish });
    };
    return plan.isDynamic && isChecked ? agreeOn(task, op, plan).then(start) : start();
  },

  neighborAllgather(task, { plan, isChecked }) {
    const op = 'neighborAllgather';
    const start = (): Underway => {
      const own = arraysOf(task);
      const sends = plan.destinations.map(() => own);
      const finish = (received: readonly Arrays[]): Arrays => concatenate(received, own);
      return task.network.exchange(callOf(task, op), { plan, sends, finish });
    };
    return plan.isDynamic && isChecked ? agreeOn(task, op, plan).then(start) : start();
  },

  allreduce(task, { average, group }) {
    const { size } = task.network;
    const op = `allreduce (${average ? 'average' : 'sum'}${group ? ', inside machines' : ''})`;
    const groups = groupsOf(size, group?.length ?? size);
    return meet(task, op, datas => ({
      datas,
      reduce: entries => {
        const sums = groups.map(ranks => sumOf(ranks, entries, average));
        return rank => sums[Math.floor(rank / groups[0].length)];
      },
      ends: (clock, starts) => {
        const bytes = task.network.bytesOf(datas);
        return groups.reduce<Times>(
          (ends, ranks) => allreduceEnds(clock, ends, { bytes, ranks }),
          starts
        );
      }
    }));
  },

  allgather(task) {
    return meet(task, 'allgather', datas => ({
      datas,
      reduce: entries => {
        const whole = concatenate(
          entries.map(entry => entry.datas),
          datas
        );
        return () => whole;
      },
      ends: (clock, starts, entries) =>
        allgatherEnds(clock, starts, rank => task.network.bytesOf(entries[rank].datas))
    }));
  },

  broadcast(task, { rootRank }) {
    return meet(task, `broadcast from rank ${rootRank}`, datas => ({
      datas,
      reduce: entries => () => entries[rootRank].datas,
      ends: (clock, starts) =>
        broadcastEnds(clock, starts, { rootRank, bytes: task.network.bytesOf(datas) })
    }));
  },

  barrier(task) {
    return meet(task, 'barrier', () => ({ datas: [], reduce: () => () => [], ends: barrierEnds }));
  },

  hierarchicalNeighborAllreduce(task, { plan, isChecked, locals }) {
    const machines = groupsOf(task.network.size, locals.length);
    const bytes = task.network.bytesOf(arraysOf(task));
    return meet(task, 'hierarchicalNeighborAllreduce', datas => ({
      datas,
      plan,
      reduce: entries => {
        const results = exchangeMachines(machines, entries);
        return rank => results[Math.floor(rank / locals.length)];
      },
      ends: (clock, starts, entries) => {
        const agreed = plan.isDynamic && isChecked ? agreementEnds(clock, starts, 0) : starts;
        const destinations = machines.map(([first]) => ranksIn(entries[first].plan!.destinations));
        return hierarchicalEnds(clock, agreed, { bytes, machines, destinations });
      }
    }));
  }
};

/** Every source must have named this rank as a destination, and the other way round. */
async function agreeOn(task: Task, op: string, plan: ExchangePlan): Promise<void> {
  const { network, rank, options } = task;
  const call: Call = { rank, op: sayingRanks(op), signature: '', ...options };
  network.begin(call);
  const edges = edgesOf(plan);
  const { ended } = network.meet(call, {
    datas: edges,
    reduce: all => {
      assertMutual(all.map(entry => entry.datas));
      return () => [];
    },
    ends: (clock, starts) => agreementEnds(clock, starts, edges[0].byteLength + edges[1].byteLength)
  });
  network.clock.leave(rank, (await ended).at);
}

/** The average of each machine, then the exchange between them, by machine. */
function exchangeMachines(
  machines: readonly (readonly number[])[],
  entries: readonly Entry[]
): Arrays[] {
  const plans = machines.map(ranks => commonPlan(ranks, entries));
  assertMutual(plans.map(edgesOf), 'machine');
  const averages = machines.map(ranks => sumOf(ranks, entries, true));
  return plans.map((plan, machine) => {
    const received = plan.sources.map(([from]) => {
      const factor = plans[from].destinations.find(([to]) => to === machine)![1];
      return scaled(averages[from], factor);
    });
    return weigh(plan, averages[machine], received);
  });
}

/** @throws DISAGREEMENT if two ranks of a machine want different exchanges */
function commonPlan(
  [first, ...others]: readonly number[],
  entries: readonly Entry[]
): ExchangePlan {
  const words = (rank: number): string => planInWords(entries[rank].plan!);
  const other = others.find(rank => words(rank) !== words(first));
  if (other === undefined) return entries[first].plan!;
  const said = (rank: number): string => `called hierarchicalNeighborAllreduce ${words(rank)}`;
  throw new DecentLabError('DISAGREEMENT', {
    rank: first,
    said: said(first),
    otherRank: other,
    otherSaid: said(other)
  });
}

function sumOf(ranks: readonly number[], entries: readonly Entry[], average: boolean): Arrays {
  const divisor = average ? ranks.length : 1;
  return entries[0].datas.map((_, l) =>
    sumByRank(
      ranks.map(rank => entries[rank].datas[l]),
      divisor
    )
  );
}

function meet(task: Task, op: string, assembly: (datas: Arrays) => Assembly): Underway {
  // Nobody goes on before all are in, and the result is made when the last one enters: nothing needs to be copied.
  return task.network.meet(callOf(task, op), assembly(arraysOf(task)));
}

function callOf({ network, rank, described, options }: Task, op: string): Call {
  const call: Call = { rank, op, signature: described.signature, ...options };
  network.begin(call);
  return call;
}

const arraysOf = ({ described }: Task): Arrays => described.leaves.map(leaf => leaf.data);

const ranksIn = (pairs: ExchangePlan['destinations']): number[] => pairs.map(([rank]) => rank);

/** So many ranks after each other, group by group. */
function groupsOf(size: number, length: number): number[][] {
  return Array.from({ length: size / length }, (_, group) =>
    Array.from({ length }, (_, k) => group * length + k)
  );
}
