/** Where a rank stands: its neighbours in the topology, its machine, and that machine's neighbours. */
import { DecentLabError } from '../../errors.js';
import type { TopologyLike } from './communicator.js';
import { Machines } from './machines.js';
import type { SetTopologyOptions } from './options.js';
import { SpecMemo } from './spec-memo.js';
import type { NeighborSpec } from './specs.js';
import { topologyPlan, type ExchangePlan, type Neighbourhood } from './weights.js';

/** What a place has to know about graphs. */
export interface Graphs<T extends TopologyLike> {
  /** The topology of ranks that were given none. */
  fallback(size: number): T;
  /** What `topology` says to one rank. */
  neighbourhood(topology: T, rank: number): Neighbourhood;
  /** The topology in words, equal for equal weights. */
  words(topology: T): string;
  /** The topology without these ranks, whose weight goes to those who would have heard them. */
  around(topology: T, absent: readonly number[]): T;
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
  /** What the calls without weights of their own exchange: one object, however many there are. */
  spec(): NeighborSpec;
  /** What calls with weights of their own exchange. */
  readonly memo: SpecMemo;
}

interface Where extends SetTopologyOptions {
  readonly what: string;
  /** The node to see it from. */
  readonly node: number;
  readonly size: number;
}

function placeIn<T extends TopologyLike>(
  topology: T,
  graphs: Graphs<T>,
  { node, isWeighted = true }: Where
): Placed<T> {
  const given = graphs.neighbourhood(topology, node);
  const near = isWeighted ? given : uniform(given);
  const plan = topologyPlan(near);
  let said: string | undefined;
  const words = (): string =>
    (said ??= `${graphs.words(topology)}${isWeighted ? '' : ', unweighted'}`);
  let usual: NeighborSpec | undefined;
  const spec = (): NeighborSpec => (usual ??= { plan, topology: words(), isChecked: true });
  return { topology, isWeighted, near, plan, words, spec, memo: new SpecMemo() };
}

/** @throws VALUE_INVALID for what is no topology, or one of another size */
function assertTopology(topology: TopologyLike, { what, size }: Where): void {
  if (!isTopology(topology)) {
    const received = topology === null ? 'null' : typeof topology;
    throw new DecentLabError('VALUE_INVALID', { what, expected: 'a topology', received });
  }
  if (topology.size === size) return;
  const expected = `${size} nodes`;
  throw new DecentLabError('VALUE_INVALID', { what, expected, received: topology.size });
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
    typeof topology.W === 'object' &&
    (topology as Partial<TopologyLike>).W?.rows === (topology as TopologyLike).size
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
  /** The topology as it was set, with all ranks. */
  #whole: T;
  #options: SetTopologyOptions = {};
  #inRanks: Placed<T>;
  #inMachines: Placed<T> | undefined;
  #absent: readonly number[] = [];

  /** @throws VALUE_INVALID for a number of ranks a machine that does not divide their number */
  constructor({ rank, size, nodesPerMachine, topology }: PlaceOptions<T>, graphs: Graphs<T>) {
    this.#rank = rank;
    this.#size = size;
    this.#graphs = graphs;
    this.machines = new Machines(rank, size, nodesPerMachine);
    this.#whole = topology ?? graphs.fallback(size);
    this.#inRanks = this.#place();
  }

  get ranks(): Placed<T> {
    return this.#inRanks;
  }

  /** Undefined before `setMachineTopology`: there is no default. */
  get machineRanks(): Placed<T> | undefined {
    return this.#inMachines;
  }

  /** The topology as it was set, with all ranks. */
  get whole(): T {
    return this.#whole;
  }

  /** The ranks that take no part, ascending. */
  get absent(): readonly number[] {
    return this.#absent;
  }

  setTopology(topology: T | null | undefined, options: SetTopologyOptions): void {
    const [whole, before] = [this.#whole, this.#options];
    // What loadTopology has given says nothing new: weights around an absent rank return with it.
    if (topology !== this.#inRanks.topology)
      this.#whole = topology ?? this.#graphs.fallback(this.#size);
    this.#options = options;
    try {
      this.#inRanks = this.#place();
    } catch (error) {
      [this.#whole, this.#options] = [whole, before];
      throw error;
    }
  }

  /** From now on the topology goes around these ranks. */
  goAround(absent: readonly number[]): void {
    if (absent.join() === this.#absent.join()) return;
    this.#absent = absent;
    this.#inRanks = this.#place();
  }

  setMachineTopology(topology: T, options: SetTopologyOptions): void {
    const { machine: node, count: size } = this.machines;
    const where = { ...options, what: `setMachineTopology on rank ${this.#rank}`, node, size };
    assertTopology(topology, where);
    this.#inMachines = placeIn(topology, this.#graphs, where);
  }

  /** @throws VALUE_INVALID before `setMachineTopology` */
  needMachineTopology(what: string): Placed<T> {
    if (this.#inMachines) return this.#inMachines;
    const expected = 'a machine topology (call setMachineTopology on every rank)';
    throw new DecentLabError('VALUE_INVALID', { what, expected, received: 'none' });
  }

  /** The ranks of a machine that take part, ascending. @param machine defaults to that of this rank */
  presentOn(machine = this.machines.machine): number[] {
    return this.machines.ranksOf(machine).filter(rank => !this.#absent.includes(rank));
  }

  /** By machine, the first of its ranks that takes part; its first rank where none does. */
  leaders(): number[] {
    return Array.from({ length: this.machines.count }, (_, machine) => {
      const [first = this.machines.ranksOf(machine)[0]] = this.presentOn(machine);
      return first;
    });
  }

  /** A call goes through ranks that take part, this one among them. @throws RANK_ABSENT */
  assertPresent(what: string, ranks: readonly number[] = []): void {
    const rank = [this.#rank, ...ranks].find(other => this.#absent.includes(other));
    if (rank === undefined) return;
    const all = Array.from({ length: this.#size }, (_, k) => k);
    const members = all.filter(other => !this.#absent.includes(other));
    throw new DecentLabError('RANK_ABSENT', { what, rank, members });
  }

  #place(): Placed<T> {
    const what = `setTopology on rank ${this.#rank}`;
    const where = { ...this.#options, what, node: this.#rank, size: this.#size };
    assertTopology(this.#whole, where);
    const topology =
      this.#absent.length === 0 ? this.#whole : this.#graphs.around(this.#whole, this.#absent);
    return placeIn(topology, this.#graphs, where);
  }
}
