/** Local steps for any algorithm: neighbours exchange in every J-th step only, and in between W = I. */
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  TopologyLike,
  Value
} from '../communicator/communicator.js';
import type { HierarchicalOptions } from '../communicator/options.js';
import type {
  OneSided,
  WinPutOptions,
  WinUpdateOptions
} from '../communicator/windows/one-sided.js';
import { ThroughOneSided } from '../communicator/windows/through.js';
import { DecentLabError } from '../../errors.js';

/** As a window with W = I: nothing is written at peers, and nothing of theirs is read. */
const ALONE_PUT: WinPutOptions = { dstWeights: [] };
const ALONE_UPDATE: WinUpdateOptions = { selfWeight: 1, neighborWeights: {} };

/**
 * The communicator of a rank that averages with its neighbours in steps J − 1, 2 J − 1, … only. Calls of all ranks
 * (`allreduce`, `broadcast`, `barrier`) stay as they are: algorithms that make them have a period of their own.
 */
export class LocalSteps extends ThroughOneSided implements Communicator {
  protected readonly oneSided: OneSided;
  readonly #base: Communicator;
  readonly #period: number;
  #k = 0;

  /** @throws VALUE_INVALID for a number of steps that is not whole, or below 1 */
  constructor(base: Communicator, stepsPerCommunication: number) {
    super();
    this.#base = base;
    this.oneSided = base;
    this.#period = stepsPerCommunication;
    if (Number.isInteger(stepsPerCommunication) && stepsPerCommunication >= 1) return;
    const [what, expected] = ['stepsPerCommunication', 'a whole number >= 1'];
    throw new DecentLabError('VALUE_INVALID', { what, expected, received: stepsPerCommunication });
  }

  get rank(): number {
    return this.#base.rank;
  }

  get size(): number {
    return this.#base.size;
  }

  get isLocal(): boolean {
    return (this.#k + 1) % this.#period !== 0;
  }

  /** How many exchanges have gone before step k: the step of a schedule of graphs. */
  get exchanges(): number {
    return Math.floor(this.#k / this.#period);
  }

  /** Moves to step k = 0, 1, 2, … */
  goTo(k: number): void {
    this.#k = k;
  }

  loadTopology(): TopologyLike {
    return this.#base.loadTopology();
  }

  inNeighborRanks(): number[] {
    return this.#base.inNeighborRanks();
  }

  outNeighborRanks(): number[] {
    return this.#base.outNeighborRanks();
  }

  async neighborAllreduce<T extends Value>(x: T, options?: NeighborAllreduceOptions): Promise<T> {
    return this.isLocal ? copyOf(x) : this.#base.neighborAllreduce(x, options);
  }

  async hierarchicalNeighborAllreduce<T extends Value>(
    x: T,
    options?: HierarchicalOptions
  ): Promise<T> {
    return this.isLocal ? copyOf(x) : this.#base.hierarchicalNeighborAllreduce(x, options);
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

  override winPut(x: Value, name: string, options?: WinPutOptions): Promise<void> {
    return super.winPut(x, name, this.isLocal ? { ...options, ...ALONE_PUT } : options);
  }

  override winUpdate<T extends Value = Value>(
    name: string,
    options?: WinUpdateOptions
  ): Promise<T> {
    return super.winUpdate<T>(name, this.isLocal ? { ...options, ...ALONE_UPDATE } : options);
  }
}

/** A value of numbers and arrays in new memory: a result never aliases what was given. */
export function copyOf<T extends Value>(x: T): T {
  // Of a part of an array, `structuredClone` would copy the whole.
  if (x instanceof Float64Array || x instanceof Float32Array || x instanceof Int32Array)
    return x.slice() as T;
  return Array.isArray(x) ? (x.map(copyOf) as Value as T) : structuredClone(x);
}
