/** The Communicator of one simulated rank: the same sums in the same order as on engines, without a socket. */
import { DecentLabError } from '../../errors.js';
import { combine, sumByRank } from '../communicator/combine.js';
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  Value
} from '../communicator/communicator.js';
import { assertMutual, edgesOf } from '../communicator/edges.js';
import { describe, type Description } from '../communicator/values.js';
import { ThroughOneSided } from '../communicator/windows/through.js';
import { WindowWords } from '../communicator/windows/words.js';
import {
  planExchange,
  topologyPlan,
  type ExchangePlan,
  type Neighbourhood
} from '../communicator/weights.js';
import { sparseWeights } from '../graph/sparse.js';
import type { Topology } from '../graph/topology.js';
import type { Arrays, Call, Ended, Parcel } from './calls.js';
import type { Assembly, Network, Underway } from './network.js';
import { SimulatedRoom } from './windows.js';
import { agreementEnds, allreduceEnds, barrierEnds, broadcastEnds } from './patterns.js';

/** A call that has entered the network. In a record, because a promise of a promise would wait for the result. */
interface Entered {
  readonly described: Description;
  readonly ended: Promise<Ended>;
  readonly sent: readonly Parcel[];
}

/** Starts a call. By a promise if the ranks must agree first; the next call of this rank begins after that. */
type Enter = (described: Description) => Underway | Promise<Underway>;

export class SimulatedCommunicator extends ThroughOneSided implements Communicator {
  readonly rank: number;
  readonly size: number;
  protected readonly oneSided: WindowWords;
  #network: Network;
  #topology!: Topology;
  #near!: Neighbourhood;
  /** Of the calls without weights of their own. */
  #plan!: ExchangePlan;
  /** Calls enter the network in the order in which they were made, however long a value takes to read. */
  #entering: Promise<unknown> | undefined;

  constructor(rank: number, network: Network, topology: Topology) {
    super();
    this.rank = rank;
    this.size = network.size;
    this.#network = network;
    this.oneSided = new WindowWords(new SimulatedRoom(rank, network, () => this.#near));
    this.setTopology(topology);
  }

  /**
   * Replaces the topology, for this rank; let all ranks do it at the same point.
   * @throws VALUE_INVALID for a topology of another size; TOPOLOGY_FROZEN while there are windows
   */
  setTopology(topology: Topology): void {
    this.oneSided.assertTopologyFree(this.rank);
    if (topology.size !== this.size) {
      const what = `setTopology on rank ${this.rank}`;
      throw new DecentLabError('VALUE_INVALID', {
        what,
        expected: `${this.size} nodes`,
        received: topology.size
      });
    }
    this.#topology = topology;
    const { rows, destinations } = sparseWeights(topology);
    const { rank, size } = this;
    this.#near = { rank, size, ...rows[rank], destinations: destinations[rank] };
    this.#plan = topologyPlan(this.#near);
  }

  loadTopology(): Topology {
    return this.#topology;
  }

  inNeighborRanks(): number[] {
    return Array.from(this.#near.sources);
  }

  outNeighborRanks(): number[] {
    return Array.from(this.#near.destinations);
  }

  async neighborAllreduce<T extends Value>(
    x: T,
    options: NeighborAllreduceOptions = {}
  ): Promise<T> {
    const { selfWeight, srcWeights, dstWeights } = options;
    const isOfTopology = (selfWeight ?? srcWeights ?? dstWeights) === undefined;
    const plan = isOfTopology ? this.#plan : planExchange(this.#near, options);
    const enter = (described: Description): Underway => {
      const call = this.#call('neighborAllreduce', described.signature, options);
      return this.#exchange(plan, call, described);
    };
    if (!plan.isDynamic || options.enableTopoCheck === false) return this.#run(x, enter);
    return this.#run(x, described => this.#agreeOn(plan, options).then(() => enter(described)));
  }

  async allreduce<T extends Value>(x: T, options: AllreduceOptions = {}): Promise<T> {
    const { average = true } = options;
    const divisor = average ? this.size : 1;
    const op = `allreduce (${average ? 'average' : 'sum'})`;
    return this.#meet(x, { op, options }, datas => ({
      datas,
      reduce: entries =>
        datas.map((_, l) =>
          sumByRank(
            entries.map(arrays => arrays[l]),
            divisor
          )
        ),
      ends: (clock, starts) => allreduceEnds(clock, starts, this.#network.bytesOf(datas))
    }));
  }

  async broadcast<T extends Value>(x: T, rootRank: number, options: CallOptions = {}): Promise<T> {
    if (!Number.isInteger(rootRank) || rootRank < 0 || rootRank >= this.size) {
      const expected = `a rank from 0 to ${this.size - 1}`;
      throw new DecentLabError('VALUE_INVALID', {
        what: 'broadcast, rootRank',
        expected,
        received: rootRank
      });
    }
    return this.#meet(x, { op: `broadcast from rank ${rootRank}`, options }, datas => ({
      datas,
      reduce: entries => entries[rootRank],
      ends: (clock, starts) =>
        broadcastEnds(clock, starts, { rootRank, bytes: this.#network.bytesOf(datas) })
    }));
  }

  async barrier(options: CallOptions = {}): Promise<void> {
    await this.#meet([], { op: 'barrier', options }, () => ({
      datas: [],
      reduce: () => [],
      ends: barrierEnds
    }));
  }

  /** The simulated time of this rank, in ms: what its computing and its calls have taken so far. */
  now(): number {
    return this.#network.clock.now[this.rank];
  }

  /**
   * Lets simulated time pass for computing: so many ms, or as long as `work` really takes here, whose result is returned.
   * The first is the same in every run, the second is not.
   * @throws VALUE_INVALID for a time that is no finite number >= 0
   */
  compute(ms: number): void;
  compute<R>(work: () => R): R;
  compute<R>(work: number | (() => R)): R | undefined {
    const { clock } = this.#network;
    if (typeof work === 'number') {
      if (!(work >= 0 && work < Infinity)) {
        const what = `compute on rank ${this.rank}`;
        const expected = 'a finite number of ms >= 0, or a function';
        throw new DecentLabError('VALUE_INVALID', { what, expected, received: work });
      }
      clock.compute(this.rank, work);
      return undefined;
    }
    const began = performance.now();
    const result = work();
    clock.compute(this.rank, performance.now() - began);
    return result;
  }

  /** Sends the own value and averages it with what the sources send. */
  #exchange(plan: ExchangePlan, call: Call, { leaves }: Description): Underway {
    const own = leaves.map(leaf => leaf.data);
    const sends = plan.destinations.map(([, factor]) => (factor === 1 ? own : scaled(own, factor)));
    return this.#network.exchange(call, { plan, own, sends });
  }

  /** Every source must have named this rank as a destination, and the other way round. */
  async #agreeOn(plan: ExchangePlan, options: CallOptions): Promise<void> {
    const call = this.#call('neighborAllreduce with dstWeights', '', options);
    const edges = edgesOf(plan);
    const { ended } = this.#network.meet(call, {
      datas: edges,
      reduce: all => (assertMutual(all), []),
      ends: (clock, starts) =>
        agreementEnds(clock, starts, edges[0].byteLength + edges[1].byteLength)
    });
    this.#network.clock.leave(this.rank, (await ended).at);
  }

  #meet<T extends Value>(
    x: T,
    { op, options }: { op: string; options: CallOptions },
    assembly: (datas: Arrays) => Assembly
  ): Promise<T> {
    return this.#run(x, ({ leaves, signature }) => {
      const call = this.#call(op, signature, options);
      // Nobody goes on before all are in, and the sum is made when the last one enters: nothing needs to be copied.
      const datas = leaves.map(leaf => leaf.data);
      return this.#network.meet(call, assembly(datas));
    });
  }

  /** Takes `x` apart, enters the call, waits for its end and puts the result together. */
  async #run<T extends Value>(x: T, enter: Enter): Promise<T> {
    const entered = this.#enter(x, enter);
    const { described, ended, sent } = entered instanceof Promise ? await entered : entered;
    try {
      const { datas, at } = await ended;
      this.#network.clock.leave(this.rank, at);
      return (await described.rebuild(datas)) as T;
    } finally {
      this.#network.seal(sent);
    }
  }

  /** Enters at once where nothing has to be waited for: a thousand ranks have no time for idle promises. */
  #enter(x: Value, enter: Enter): Entered | Promise<Entered> {
    if (this.#entering === undefined) {
      const described = describe(x);
      if (!(described instanceof Promise)) {
        const underway = enter(described);
        if (!(underway instanceof Promise))
          return { described, ended: underway.ended, sent: underway.sent };
        return this.#queue(underway.then(({ ended, sent }) => ({ described, ended, sent })));
      }
    }
    const before = this.#entering ?? Promise.resolve();
    const entering = before
      .then(() => describe(x))
      .then(async described => {
        const { ended, sent } = await enter(described);
        return { described, ended, sent };
      });
    return this.#queue(entering);
  }

  #queue(entering: Promise<Entered>): Promise<Entered> {
    const settled = entering
      .catch(() => undefined)
      .then(() => {
        if (this.#entering === settled) this.#entering = undefined;
      });
    this.#entering = settled;
    return entering;
  }

  #call(op: string, signature: string, { name, timeout }: CallOptions): Call {
    const call: Call = { rank: this.rank, op, signature, name, timeout };
    this.#network.begin(call);
    return call;
  }
}

const scaled = (datas: Arrays, factor: number): Arrays =>
  datas.map(data => combine({ weight: factor, data }, []));
