/** Runs one program on n simulated ranks in this process: the same code as on engines, for a thousand nodes if need be. */
import { DecentLabError } from '../../errors.js';
import { assertDivides } from '../communicator/machines.js';
import { exponentialTwoGraph } from '../graph/circulant.js';
import type { Topology } from '../graph/topology.js';
import { Clock, type SimulatedTime } from './clock.js';
import { SimulatedCommunicator } from './communicator.js';
import type { LinkOptions } from '../graph/link.js';
import { Network } from './network.js';
import type { SimulatedRank } from './rank.js';
import { watch } from './watch.js';

export type Program<R> = (communicator: SimulatedRank) => Promise<R>;

/** Where a program runs. */
export interface SimulateOptions {
  /** How many. Defaults to the nodes of the topology. */
  nodes?: number;
  /** Defaults to the exponential graph of base 2. */
  topology?: Topology;
  /** How many nodes count as one machine, for `allreduce` inside it and `hierarchicalNeighborAllreduce`. Defaults to all. */
  nodesPerMachine?: number;
  /** What messages cost in simulated time. Defaults to nothing. */
  link?: LinkOptions;
  /** Draws the order of what one-sided calls do at the same simulated time. Defaults to 0. */
  seed?: number;
}

/** The results by rank, and how long it would have taken. */
export type Simulated<R> = R[] & {
  /** Simulated time; of the links as given, and of the computing that the program declared. */
  readonly time: SimulatedTime;
};

/**
 * Runs `program` once a rank, all at the same time, and returns the results by rank, with `time` beside them.
 * @param where the nodes: options, or in short a topology, or a number of nodes
 * @throws the first error of a program; ranks that wait for it end with PEER_FAILED
 * @throws DEADLOCK if all ranks wait for each other
 * @throws VALUE_INVALID for a number of nodes or a link that is none, or machines of unequal size
 */
export async function simulate<R>(
  where: number | Topology | SimulateOptions,
  program: Program<R>
): Promise<Simulated<R>> {
  const { topology, link, nodesPerMachine, seed } = placeOf(where);
  const clock = new Clock(topology.size, link);
  const network = new Network(topology.size, clock, seed);
  const given = { topology, nodesPerMachine };
  let first: { error: unknown } | undefined;
  const runs = Array.from({ length: topology.size }, async (_, rank) => {
    try {
      const result = await program(new SimulatedCommunicator(rank, network, given));
      network.end(rank, 'its program was over before');
      return result;
    } catch (error) {
      first ??= { error };
      network.end(rank, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      throw error;
    }
  });
  const outcomes = await watch(network, Promise.allSettled(runs));
  if (first) throw first.error;
  const results = outcomes.map(outcome => (outcome as PromiseFulfilledResult<R>).value);
  // Not enumerable: the results are a list like any other.
  return Object.defineProperty(results, 'time', { value: clock.taken() }) as Simulated<R>;
}

interface Place {
  readonly topology: Topology;
  readonly link: LinkOptions | undefined;
  readonly seed: number | undefined;
  readonly nodesPerMachine: number;
}

function placeOf(where: number | Topology | SimulateOptions): Place {
  if (typeof where === 'number') return placeOf({ nodes: where });
  if (isTopology(where)) return placeOf({ topology: where });
  const { nodes, topology, link, nodesPerMachine, seed } = where;
  const size = nodes ?? topology?.size;
  const isCount = Number.isInteger(size) && size! >= 1;
  if (!isCount) throw invalid('nodes', 'a whole number >= 1, or a topology', size);
  if (topology && topology.size !== size) {
    throw invalid('nodes', `${topology.size}, the nodes of the topology ${topology.name}`, size);
  }
  assertDivides(nodesPerMachine ?? size!, size!);
  return {
    topology: topology ?? exponentialTwoGraph(size!),
    link,
    seed,
    nodesPerMachine: nodesPerMachine ?? size!
  };
}

function isTopology(where: Topology | SimulateOptions): where is Topology {
  return 'W' in where;
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: `simulate, ${what}`, expected, received });
}
