/** Dynamic graphs for any algorithm: a Communicator whose topology is that of the current step. */
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  Value
} from '../communicator/communicator.js';
import type { HierarchicalOptions } from '../communicator/options.js';
import { ThroughOneSided } from '../communicator/windows/through.js';
import { DecentLabError } from '../../errors.js';
import type { Schedule } from '../graph/schedules.js';
import { sparseWeights } from '../graph/sparse.js';
import type { Topology } from '../graph/topology.js';
import type { Matrix } from '../math/matrix.js';

/** Exchanges of so many first steps check that the ranks have named each other; the same schedule then goes on. */
const CHECKED_STEPS = 32;

/** The weights of one step as one rank needs them. */
interface Neighbourhood {
  readonly inNeighbors: readonly number[];
  readonly outNeighbors: readonly number[];
  readonly weights: Required<
    Pick<NeighborAllreduceOptions, 'selfWeight' | 'srcWeights' | 'dstWeights'>
  >;
}

/**
 * The communicator of a rank on a graph that changes: after `goTo(k)`, all exchanges and `loadTopology()` are those of
 * the topology of step k. Works over engines and in the simulator alike, by the weights of each call. Windows keep the
 * neighbours of the communicator's own topology.
 */
export class ScheduledCommunicator extends ThroughOneSided implements Communicator {
  protected readonly oneSided: Communicator;
  readonly #base: Communicator;
  readonly #schedule: Schedule;
  /** Of the topology used last. To keep those of a whole period for 1,000 nodes costs more than to make them again. */
  #near: { readonly topology: Topology; readonly neighbourhood: Neighbourhood } | undefined;
  #k = 0;

  /** @throws VALUE_INVALID if the first topology of the schedule has another number of nodes */
  constructor(base: Communicator, schedule: Schedule) {
    super();
    this.#base = base;
    this.oneSided = base;
    this.#schedule = schedule;
    const { size } = schedule(0);
    if (size === base.size) return;
    const what = `the topology on rank ${base.rank}`;
    const expected = `${base.size} nodes`;
    throw new DecentLabError('VALUE_INVALID', { what, expected, received: size });
  }

  get rank(): number {
    return this.#base.rank;
  }

  get size(): number {
    return this.#base.size;
  }

  get isLocal(): boolean {
    return this.#base.isLocal ?? false;
  }

  /** Moves to step k = 0, 1, 2, … */
  goTo(k: number): void {
    this.#k = k;
  }

  /** The steps after which the graphs repeat. */
  get period(): number {
    return this.#schedule.period;
  }

  /** W of each step of one period. */
  weightsOfPeriod(): Matrix[] {
    return Array.from({ length: this.period }, (_, k) => this.#schedule(k).W);
  }

  loadTopology(): Topology {
    return this.#schedule(this.#k);
  }

  inNeighborRanks(): number[] {
    return [...this.#neighbourhood().inNeighbors];
  }

  outNeighborRanks(): number[] {
    return [...this.#neighbourhood().outNeighbors];
  }

  /** As on a static graph; weights given here must be those of in-neighbours of this step, unless `dstWeights` are given. */
  neighborAllreduce<T extends Value>(x: T, options: NeighborAllreduceOptions = {}): Promise<T> {
    const enableTopoCheck = this.#k < Math.min(this.#schedule.period, CHECKED_STEPS);
    const { weights } = this.#neighbourhood();
    return this.#base.neighborAllreduce(x, { enableTopoCheck, ...weights, ...options });
  }

  /** By the topology of the machines, which does not change with k. */
  hierarchicalNeighborAllreduce<T extends Value>(x: T, options?: HierarchicalOptions): Promise<T> {
    return this.#base.hierarchicalNeighborAllreduce(x, options);
  }

  allreduce<T extends Value>(x: T, options?: AllreduceOptions): Promise<T> {
    return this.#base.allreduce(x, options);
  }

  broadcast<T extends Value>(x: T, rootRank: number, options?: CallOptions): Promise<T> {
    return this.#base.broadcast(x, rootRank, options);
  }

  barrier(options?: CallOptions): Promise<void> {
    return this.#base.barrier(options);
  }

  #neighbourhood(): Neighbourhood {
    const topology = this.loadTopology();
    if (this.#near?.topology !== topology) {
      this.#near = { topology, neighbourhood: neighbourhoodOf(topology, this.rank) };
    }
    return this.#near.neighbourhood;
  }
}

function neighbourhoodOf(topology: Topology, rank: number): Neighbourhood {
  const { rows, destinations } = sparseWeights(topology);
  const { selfWeight, sources, weights } = rows[rank];
  const dstWeights = Array.from(destinations[rank]);
  return {
    inNeighbors: Array.from(sources),
    outNeighbors: dstWeights,
    weights: {
      selfWeight,
      srcWeights: new Map(Array.from(sources, (j, s) => [j, weights[s]])),
      dstWeights
    }
  };
}
