/**
 * All operations, once for both backends: an engine and a simulated rank check arguments here, find the weights of a
 * call, and differ only in how a program is run.
 */
import { DecentLabError } from '../../errors.js';
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  TopologyLike,
  Value
} from './communicator.js';
import { planCompressed } from './compression/compression.js';
import { isModel, withAllWeights } from './flat.js';
import { Gate } from './gate.js';
import { planGather } from './gather.js';
import { assertOptions } from './known-options.js';
import type {
  HierarchicalOptions,
  NeighborAllgatherOptions,
  PairGossipOptions,
  SetTopologyOptions
} from './options.js';
import type { OutOption } from './out.js';
import { planPair } from './pairs.js';
import { broadcastBytes, isPackable, type Packable } from './packable.js';
import { assertParameters } from './parameters.js';
import { Place, type Graphs, type PlaceOptions } from './place.js';
import type { NeighborSpec, ProgramName, Request } from './specs.js';
import { assertTimeLimit } from './time-limit.js';
import {
  assertRank,
  isOneSided,
  planExchange,
  planMachines,
  type ExchangePlan
} from './weights.js';
import { ThroughOneSided } from './windows/through.js';
import type { WindowWords } from './windows/words.js';

type TopoCheck = Pick<NeighborAllreduceOptions, 'enableTopoCheck'>;

const AVERAGE = { average: true };
const SUM = { average: false };

/** How to begin. */
export interface InitOptions<T> extends SetTopologyOptions {
  /** A topology, or what makes one of the number of ranks. Defaults to the exponential graph of base 2. */
  topology?: T | ((size: number) => T);
}

export abstract class Collectives<T extends TopologyLike = TopologyLike>
  extends ThroughOneSided
  implements Communicator
{
  protected abstract override readonly oneSided: WindowWords;
  readonly rank: number;
  readonly size: number;
  /** Holds the calls of a suspended rank. */
  protected readonly gate = new Gate();
  protected readonly place: Place<T>;
  #isShut = false;

  constructor(options: PlaceOptions<T>, graphs: Graphs<T>) {
    super();
    this.rank = options.rank;
    this.size = options.size;
    this.place = new Place(options, graphs);
  }

  /** Runs a program on `x` with the other ranks. @returns a new value of the structure of `x` */
  protected abstract run<Name extends ProgramName>(
    program: Name,
    x: Value,
    request: Request<Name>
  ): Promise<Value>;

  /** Says that a call waits for `resume`. */
  protected abstract sayHeld(op: string): void;

  // Context

  /** Begins anew after `shutdown`, with a topology if one is given. Nobody needs to call it. */
  init(options: InitOptions<T> = {}): void {
    assertOptions('init', options);
    const { topology, isWeighted } = options;
    this.#isShut = false;
    if (topology === undefined) return;
    const made = typeof topology === 'function' ? topology(this.size) : topology;
    this.setTopology(made, { isWeighted: isWeighted ?? true });
  }

  /** Refuses later calls with SHUT_DOWN, until `init`; calls that have begun go on to their end. */
  shutdown(): void {
    this.#isShut = true;
    this.gate.reject(
      new DecentLabError('SHUT_DOWN', { call: 'A suspended call', rank: this.rank })
    );
  }

  /** Lets the calls that this rank makes from now on wait until `resume`, which they say; those that have begun go on. */
  suspend(): void {
    this.gate.close();
  }

  /** Begins the calls that wait, in the order in which they were made. */
  resume(): void {
    this.gate.open();
  }

  /** How many ranks share a machine. */
  localSize(): number {
    return this.place.machines.localSize;
  }

  /** The number of this rank on its machine. */
  localRank(): number {
    return this.place.machines.localRank;
  }

  /** How many machines there are. */
  machineSize(): number {
    return this.place.machines.count;
  }

  /** The number of this rank's machine. */
  machineRank(): number {
    return this.place.machines.machine;
  }

  /**
   * Replaces the topology, for this rank; let all ranks do it at the same point.
   * @param topology null or nothing for the exponential graph of base 2
   * @returns true: topology and weighting are now the ones asked for
   * @throws VALUE_INVALID for what is no topology, or one of another size; TOPOLOGY_FROZEN while there are windows
   */
  setTopology(topology?: T | null, options: SetTopologyOptions = {}): boolean {
    assertOptions('setTopology', options);
    this.oneSided.assertTopologyFree(this.rank);
    this.place.setTopology(topology, options);
    return true;
  }

  loadTopology(): T {
    return this.place.ranks.topology;
  }

  /** Whether the topology's W is used, or equal weights. */
  isTopoWeighted(): boolean {
    return this.place.ranks.isWeighted;
  }

  inNeighborRanks(): number[] {
    return Array.from(this.place.ranks.near.sources);
  }

  outNeighborRanks(): number[] {
    return Array.from(this.place.ranks.near.destinations);
  }

  /**
   * Sets the topology of the machines; let all ranks do it at the same point.
   * @returns true: topology and weighting are now the ones asked for
   * @throws VALUE_INVALID for what is no topology of so many nodes as there are machines
   */
  setMachineTopology(topology: T, options: SetTopologyOptions = {}): boolean {
    assertOptions('setMachineTopology', options);
    this.place.setMachineTopology(topology, options);
    return true;
  }

  /** Undefined before `setMachineTopology`. */
  loadMachineTopology(): T | undefined {
    return this.place.machineRanks?.topology;
  }

  /** False before `setMachineTopology`. */
  isMachineTopoWeighted(): boolean {
    return this.place.machineRanks?.isWeighted ?? false;
  }

  /** The machines that this one receives from, ascending; none before `setMachineTopology`. */
  inNeighborMachineRanks(): number[] {
    return Array.from(this.place.machineRanks?.near.sources ?? []);
  }

  /** The machines that this one sends to, ascending; none before `setMachineTopology`. */
  outNeighborMachineRanks(): number[] {
    return Array.from(this.place.machineRanks?.near.destinations ?? []);
  }

  // Exchanges with neighbours

  async neighborAllreduce<V extends Value>(
    x: V,
    options: NeighborAllreduceOptions = {}
  ): Promise<V> {
    assertOptions('neighborAllreduce', options);
    const { compression, name } = options;
    const usual = this.#specOf(options);
    this.#assertPresent('neighborAllreduce', usual.plan);
    const spec =
      compression === undefined
        ? usual
        : { ...usual, plan: planCompressed(usual.plan, compression, name), compression };
    const isOver = isOneSided(spec.plan);
    return await this.#enter('neighborAllreduce', x, { spec, options, isOver });
  }

  /**
   * The values of the in-neighbours one behind the other along the first dimension, by rank, or in the order of
   * `srcRanks`. Their first dimensions may differ.
   * @throws VALUE_INVALID for a value without a first dimension; DISAGREEMENT for other dimensions or types
   */
  async neighborAllgather<V extends Value>(
    x: V,
    options: NeighborAllgatherOptions = {}
  ): Promise<V> {
    assertOptions('neighborAllgather', options);
    const plan = planGather(this.place.ranks.near, options);
    this.#assertPresent('neighborAllgather', plan);
    const spec = { plan, ...this.#checks(options) };
    return await this.#enter('neighborAllgather', x, { spec, options, isByRows: true });
  }

  /**
   * selfWeight · x + pairWeight · (the target's x), on both ranks of a pair. Every rank calls it, and one that has no
   * partner in this round names itself; with `enableTopoCheck: false` only the two of a pair need to.
   * @throws DISAGREEMENT if a rank names another that does not name it
   */
  async pairGossip<V extends Value>(
    x: V,
    targetRank: number,
    options: PairGossipOptions = {}
  ): Promise<V> {
    assertOptions('pairGossip', options);
    const plan = planPair(this, targetRank, options);
    this.#assertPresent('pairGossip', plan);
    const spec = { plan, op: 'pairGossip', ...this.#checks(options) };
    return await this.#enter('neighborAllreduce', x, { spec, options });
  }

  /**
   * The machines average inside, and exchange these averages as ranks do in neighborAllreduce: every rank of machine i
   * gets selfWeight · x̄_i + Σ_j w_ij x̄_j.
   * @throws VALUE_INVALID without a machine topology, or with one or two of the three weights
   */
  async hierarchicalNeighborAllreduce<V extends Value>(
    x: V,
    options: HierarchicalOptions = {}
  ): Promise<V> {
    assertOptions('hierarchicalNeighborAllreduce', options);
    const { place } = this;
    const placed = place.needMachineTopology('hierarchicalNeighborAllreduce');
    const plan = planMachines(placed.near, options);
    const { enableTopoCheck: isChecked = true } = options;
    const leaders = place.leaders();
    const named = [...plan.sources, ...plan.destinations].map(([machine]) => leaders[machine]);
    place.assertPresent('hierarchicalNeighborAllreduce', named);
    const locals = place.presentOn();
    const spec = { plan, topology: placed.words(), isChecked, leaders, locals };
    return await this.#enter('hierarchicalNeighborAllreduce', x, { spec, options });
  }

  // Calls of all ranks

  async allreduce<V extends Value>(x: V, options: AllreduceOptions = {}): Promise<V> {
    assertOptions('allreduce', options);
    const { average = true, isHierarchicalLocal = false } = options;
    this.place.assertPresent('allreduce');
    const group = isHierarchicalLocal ? this.place.presentOn() : undefined;
    const spec = group ? { average, group } : average ? AVERAGE : SUM;
    return await this.#enter('allreduce', x, { spec, options });
  }

  /**
   * The values of all ranks one behind the other along the first dimension, by rank. Their first dimensions may differ.
   * @throws as neighborAllgather
   */
  async allgather<V extends Value>(x: V, options: CallOptions = {}): Promise<V> {
    assertOptions('allgather', options);
    this.place.assertPresent('allgather');
    return await this.#enter('allgather', x, { spec: {}, options, isByRows: true });
  }

  /** @throws VALUE_INVALID if `rootRank` is no rank */
  async broadcast<V extends Value>(
    x: V,
    rootRank: number,
    options?: CallOptions & OutOption
  ): Promise<V> {
    assertOptions('broadcast', options);
    assertRank('broadcast, rootRank', rootRank, this.size);
    this.place.assertPresent('broadcast', [rootRank]);
    return await this.#enter('broadcast', x, { spec: { rootRank }, options, isOver: true });
  }

  async barrier(options?: CallOptions): Promise<void> {
    assertOptions('barrier', options);
    this.place.assertPresent('barrier');
    await this.#enter('barrier', [], { spec: {}, options });
  }

  // Parameters and optimizer state

  /**
   * The parameters of `rootRank`, on every rank.
   * @param parameters a record or list of arrays or tensors, at any depth; or a model, all of whose weights are written,
   * those that are not trained too
   * @throws VALUE_INVALID for anything else
   */
  async broadcastParameters<V extends Value>(
    parameters: V,
    rootRank: number,
    options?: CallOptions
  ): Promise<V> {
    if (isModel(parameters)) {
      await this.broadcast(withAllWeights(parameters), rootRank, options);
      return parameters;
    }
    assertParameters('broadcastParameters', parameters);
    return this.broadcast(parameters, rootRank, options);
  }

  /** The average of all ranks' parameters. @throws as broadcastParameters */
  async allreduceParameters<V extends Value>(parameters: V, options?: CallOptions): Promise<V> {
    if (isModel(parameters)) {
      await this.allreduce(withAllWeights(parameters), options);
      return parameters;
    }
    assertParameters('allreduceParameters', parameters);
    return this.allreduce(parameters, options);
  }

  /**
   * The optimizer state of `rootRank`, on every rank.
   * @param state a record or list of arrays, tensors and single numbers; or a `DistributedOptimizer`, which takes it on
   * with the model, also on a rank that has just begun
   * @throws as broadcastParameters
   */
  async broadcastOptimizerState<V extends Value | Packable>(
    state: V,
    rootRank: number,
    options?: CallOptions
  ): Promise<V> {
    if (isPackable(state)) {
      await state.unpack(await broadcastBytes(this, await state.pack(), rootRank));
      return state;
    }
    assertParameters('broadcastOptimizerState', state, { mayHoldNumbers: true });
    return (await this.broadcast(state, rootRank, options)) as V;
  }

  /** What a neighborAllreduce exchanges without compression: one object for all calls that are alike. */
  #specOf(options: NeighborAllreduceOptions): NeighborSpec {
    const { selfWeight, srcWeights, dstWeights, enableTopoCheck } = options;
    const { ranks } = this.place;
    const isUsual = (selfWeight ?? srcWeights ?? dstWeights) === undefined;
    if (isUsual && enableTopoCheck !== false) return ranks.spec();
    return ranks.memo.of(options, () => ({
      plan: planExchange(ranks.near, options),
      ...this.#checks(options)
    }));
  }

  /** Of a call that names its ranks itself; the topology goes around absent ranks. */
  #assertPresent(what: string, { isDynamic, sources, destinations }: ExchangePlan): void {
    const named = isDynamic ? [...sources, ...destinations].map(([rank]) => rank) : [];
    this.place.assertPresent(what, named);
  }

  #checks({ enableTopoCheck = true }: TopoCheck): Omit<NeighborSpec, 'plan'> {
    return { topology: this.place.ranks.words(), isChecked: enableTopoCheck };
  }

  protected override begin<R>(
    op: string,
    { name, timeout }: CallOptions,
    start: () => Promise<R>
  ): Promise<R> {
    assertTimeLimit(op, timeout);
    if (this.#isShut) throw new DecentLabError('SHUT_DOWN', { call: op, rank: this.rank });
    this.place.assertPresent(op);
    if (!this.gate.isClosed) return start();
    this.sayHeld(op);
    return this.gate.hold({ op, name, timeout, rank: this.rank }, start);
  }

  /** Runs a program now, or once this rank is resumed. */
  #enter<Name extends ProgramName, V extends Value>(
    program: Name,
    x: V,
    request: Request<Name>
  ): Promise<V> {
    const start = (): Promise<V> => this.run(program, x, request) as Promise<V>;
    return this.begin(program, request.options ?? {}, start);
  }
}
