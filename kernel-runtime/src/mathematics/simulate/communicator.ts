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
import { describe, type Description, type LeafData } from '../communicator/values.js';
import { planExchange, type ExchangePlan } from '../communicator/weights.js';
import { inNeighborsOf, outNeighborsOf, type Topology } from '../graph/topology.js';
import type { Call, Network } from './network.js';

export class SimulatedCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  #network: Network;
  #topology!: Topology;
  #inNeighbors: number[] = [];
  #outNeighbors: number[] = [];
  /** Calls enter the network in the order in which they were made, however long a value takes to read. */
  #entrance: Promise<unknown> = Promise.resolve();

  constructor(rank: number, network: Network, topology: Topology) {
    this.rank = rank;
    this.size = network.size;
    this.#network = network;
    this.setTopology(topology);
  }

  /**
   * Replaces the topology, for this rank; let all ranks do it at the same point.
   * @throws VALUE_INVALID for a topology of another size
   */
  setTopology(topology: Topology): void {
    if (topology.size !== this.size) {
      const what = `setTopology on rank ${this.rank}`;
      throw new DecentLabError('VALUE_INVALID', {
        what,
        expected: `${this.size} nodes`,
        received: topology.size
      });
    }
    this.#topology = topology;
    this.#inNeighbors = inNeighborsOf(topology, this.rank);
    this.#outNeighbors = outNeighborsOf(topology, this.rank);
  }

  loadTopology(): Topology {
    return this.#topology;
  }

  inNeighborRanks(): number[] {
    return [...this.#inNeighbors];
  }

  outNeighborRanks(): number[] {
    return [...this.#outNeighbors];
  }

  async neighborAllreduce<T extends Value>(
    x: T,
    options: NeighborAllreduceOptions = {}
  ): Promise<T> {
    const plan = planExchange(this.#neighbourhood(), options);
    const { described, received } = await this.#enter(x, async described => {
      if (plan.isDynamic && (options.enableTopoCheck ?? true)) await this.#agreeOn(plan, options);
      const call = this.#call('neighborAllreduce', described.signature, options);
      return { described, received: this.#exchange(plan, call, described) };
    });
    const parts = await Promise.all(received);
    const sums = described.leaves.map((leaf, l) =>
      combine(
        { weight: plan.selfWeight, data: leaf.data },
        plan.sources
          .map(([, weight], s) => ({ weight, data: parts[s][l] }))
          .filter(part => part.weight !== 0)
      )
    );
    return (await described.rebuild(sums)) as T;
  }

  async allreduce<T extends Value>(x: T, options: AllreduceOptions = {}): Promise<T> {
    const { average = true } = options;
    return this.#meet(x, `allreduce (${average ? 'average' : 'sum'})`, options, entries =>
      entries[0].map((_, l) =>
        sumByRank(
          entries.map(datas => datas[l]),
          average ? this.size : 1
        )
      )
    );
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
    return this.#meet(x, `broadcast from rank ${rootRank}`, options, entries => entries[rootRank]);
  }

  async barrier(options: CallOptions = {}): Promise<void> {
    await this.#meet([], 'barrier', options, () => []);
  }

  /** Sends the own value and returns what the sources will send. */
  #exchange(
    plan: ExchangePlan,
    call: Call,
    { leaves }: Description
  ): Promise<readonly LeafData[]>[] {
    const copies = leaves.map(leaf => leaf.data.slice());
    for (const [to, factor] of plan.destinations) {
      this.#network.post(
        to,
        call,
        factor === 1 ? copies : copies.map(data => combine({ weight: factor, data }, []))
      );
    }
    return plan.sources.map(([from]) => this.#network.receive(from, call));
  }

  /** Every source must have named this rank as a destination, and the other way round. */
  async #agreeOn(plan: ExchangePlan, options: CallOptions): Promise<void> {
    const call = this.#call('neighborAllreduce with dstWeights', '', options);
    await this.#network.meet(call, edgesOf(plan), edges => {
      assertMutual(edges);
      return [];
    });
  }

  async #meet<T extends Value>(
    x: T,
    op: string,
    options: CallOptions,
    reduce: (entries: readonly (readonly LeafData[])[]) => readonly LeafData[]
  ): Promise<T> {
    const { described, result } = await this.#enter(x, described => {
      const call = this.#call(op, described.signature, options);
      const copies = described.leaves.map(leaf => leaf.data.slice());
      return Promise.resolve({ described, result: this.#network.meet(call, copies, reduce) });
    });
    return (await described.rebuild(await result)) as T;
  }

  #enter<R>(x: Value, act: (described: Description) => Promise<R>): Promise<R> {
    const entered = this.#entrance.then(() => describe(x)).then(act);
    this.#entrance = entered.catch(() => undefined);
    return entered;
  }

  #call(op: string, signature: string, { name, timeout }: CallOptions): Call {
    const call: Call = { rank: this.rank, op, signature, name, timeout };
    this.#network.begin(call);
    return call;
  }

  #neighbourhood(): Parameters<typeof planExchange>[0] {
    return {
      rank: this.rank,
      size: this.size,
      weights: this.#topology.W.row(this.rank),
      inNeighbors: this.#inNeighbors,
      outNeighbors: this.#outNeighbors
    };
  }
}
