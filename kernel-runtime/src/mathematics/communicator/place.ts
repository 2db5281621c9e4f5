/** Where a rank stands: its neighbours in the topology, its machine, and that machine's neighbours. */
import { DecentLabError } from '../../errors.js';
import type { TopologyLike } from './communicator.js';
import { Machines } from './machines.js';
import type { SetTopologyOptions } from './options.js';
import { topologyPlan, type ExchangePlan, type Neighbourhood } from './weights.js';

/** What a place has to know about graphs. */
export interface Graphs<T extends TopologyLike> {
  /** The topology of ranks that were given none. */
  fallback(size: number): T;
  /** What `topology` says to one rank. */
  neighbourhood(topology: T, rank: number): Neighbourhood;
  /** The topology in words, equal for equal weights. */
  words(topology: T): string;
}

/** A topology in use, as one of its nodes sees it. */
export interface Placed<T> {
  readonly topology: T;
  readonly isWeighted: boolean;
  readonly near: Neighbourhood;
  /** Of the calls without weights of their own. */
  readonly plan: ExchangePlan;
  /** In words, equal for equal weights. */
  words(): string;
}

/** @throws VALUE_INVALID for what is no topology, or one of another size */
export function placeIn<T extends TopologyLike>(
  topology: T,
  graphs: Graphs<T>,
  {
    what,
    node,
    size,
    isWeighted = true
  }: SetTopologyOptions & { what: string; node: number; size: number }
): Placed<T> {
  if (!isTopology(topology)) {
    const received = topology === null ? 'null' : typeof topology;
    throw new DecentLabError('VALUE_INVALID', { what, expected: 'a topology', received });
  }
  if (topology.size !== size) {
    throw new DecentLabError('VALUE_INVALID', {
      what,
      expected: `${size} nodes`,
      received: topology.size
    });
  }
  const given = graphs.neighbourhood(topology, node);
  const near = isWeighted ? given : uniform(given);
  let words: string | undefined;
  return {
    topology,
    isWeighted,
    near,
    plan: topologyPlan(near),
    words: () => (words ??= `${graphs.words(topology)}${isWeighted ? '' : ', unweighted'}`)
  };
}

/** Every in-neighbour weighs as much as the node itself. */
function uniform(near: Neighbourhood): Neighbourhood {
  const share = 1 / (near.sources.length + 1);
  return { ...near, selfWeight: share, weights: Array.from(near.sources, () => share) };
}

function isTopology(topology: unknown): boolean {
  return (
    typeof topology === 'object' &&
    topology !== null &&
    'W' in topology &&
    typeof (topology as TopologyLike).size === 'number'
  );
}

/** Who a rank is. */
export interface PlaceOptions<T> {
  readonly rank: number;
  readonly size: number;
  /** How many ranks count as one machine. Defaults to all. */
  readonly nodesPerMachine?: number | undefined;
  /** The topology to begin with. Defaults to the exponential graph of base 2. */
  readonly topology?: T | undefined;
}

/** The place of one rank, and what it is told about it. */
export class Place<T extends TopologyLike> {
  readonly machines: Machines;
  readonly #rank: number;
  readonly #size: number;
  readonly #graphs: Graphs<T>;
  #inRanks: Placed<T>;
  #inMachines: Placed<T> | undefined;

  /** @throws VALUE_INVALID for a number of ranks a machine that does not divide their number */
  constructor({ rank, size, nodesPerMachine, topology }: PlaceOptions<T>, graphs: Graphs<T>) {
    this.#rank = rank;
    this.#size = size;
    this.#graphs = graphs;
    this.machines = new Machines(rank, size, nodesPerMachine);
    this.#inRanks = this.#placeInRanks(topology ?? graphs.fallback(size), {});
  }

  get ranks(): Placed<T> {
    return this.#inRanks;
  }

  /** Undefined before `setMachineTopology`: there is no default. */
  get machineRanks(): Placed<T> | undefined {
    return this.#inMachines;
  }

  setTopology(topology: T | null | undefined, options: SetTopologyOptions): void {
    this.#inRanks = this.#placeInRanks(topology ?? this.#graphs.fallback(this.#size), options);
  }

  setMachineTopology(topology: T, options: SetTopologyOptions): void {
    const { machine: node, count: size } = this.machines;
    const what = `setMachineTopology on rank ${this.#rank}`;
    this.#inMachines = placeIn(topology, this.#graphs, { ...options, what, node, size });
  }

  /** @throws VALUE_INVALID before `setMachineTopology` */
  needMachineTopology(what: string): Placed<T> {
    if (this.#inMachines) return this.#inMachines;
    const expected = 'a machine topology (call setMachineTopology on every rank)';
    throw new DecentLabError('VALUE_INVALID', { what, expected, received: 'none' });
  }

  #placeInRanks(topology: T, options: SetTopologyOptions): Placed<T> {
    const what = `setTopology on rank ${this.#rank}`;
    return placeIn(topology, this.#graphs, {
      ...options,
      what,
      node: this.#rank,
      size: this.#size
    });
  }
}
