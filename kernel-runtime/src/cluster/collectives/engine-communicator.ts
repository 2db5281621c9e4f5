/** The Communicator of a real engine: exchanges with peers over websockets. */
import { DecentLabError } from '../../errors.js';
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  Value
} from '../../mathematics/communicator/communicator.js';
import type { DType } from '../../mathematics/communicator/values.js';
import { ThroughOneSided } from '../../mathematics/communicator/windows/through.js';
import { WindowWords } from '../../mathematics/communicator/windows/words.js';
import { planExchange, type Neighbourhood } from '../../mathematics/communicator/weights.js';
import { exponentialTwoGraph } from '../../mathematics/graph/circulant.js';
import { healedTopology } from '../../mathematics/graph/healed.js';
import { topologyNamed } from '../../mathematics/graph/named.js';
import {
  packTopology,
  unpackTopology,
  type PackedTopology
} from '../../mathematics/graph/packed.js';
import { isSchedule } from '../../mathematics/graph/schedules.js';
import { sparseWeights } from '../../mathematics/graph/sparse.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import { Caller } from './caller.js';
import { fingerprint } from './fingerprint.js';
import type { LinkArray } from './link-arrays.js';
import type { Taken } from '../net/spans.js';
import { LinkThread, type LinkThreadOptions } from './link-thread.js';
import { EngineRoom, type Place } from './windows/room.js';
import type { PeerCount } from './counters.js';
import { watchedRow, type WatchedRow } from './row.js';
import type { Gone, PendingCall, Reason } from './types.js';

export class EngineCommunicator extends ThroughOneSided implements Communicator {
  protected readonly oneSided: WindowWords;
  readonly rank: number;
  readonly size: number;
  readonly #thread: LinkThread;
  readonly #caller: Caller;
  readonly #report: LinkThreadOptions['report'];
  /** As it was set, with all ranks. */
  #whole!: Topology;
  /** The ranks that the graph goes around. */
  #absent: readonly number[] = [];
  #epoch: number;
  #topology!: Topology;
  #fingerprint = '';
  #near!: Neighbourhood;

  /**
   * Starts with the static exponential graph, as BlueFog does, or with the one that is named.
   * @throws TOPOLOGY_UNKNOWN, VALUE_INVALID for a schedule
   */
  constructor(options: LinkThreadOptions) {
    super();
    this.rank = options.rank;
    this.size = options.size;
    this.#epoch = options.epoch ?? 0;
    this.#thread = new LinkThread(options);
    this.#caller = new Caller(this.#thread, () => this.#epoch);
    this.#report = options.report;
    const place = (): Place => ({ near: this.#near, topology: this.#fingerprint });
    this.oneSided = new WindowWords(new EngineRoom(this.#caller, place));
    const { topology, topologyName } = options;
    this.#follow(topology ? unpackTopology(topology) : firstTopology(topologyName, this.size));
  }

  /** Listens for peers; call it before the engine reports itself as ready. */
  listen(): Promise<void> {
    return this.#thread.remote.ask('listen');
  }

  /**
   * Replaces the topology of this rank; the next exchange compares it with a neighbour's.
   * @throws VALUE_INVALID for a topology of another size; TOPOLOGY_FROZEN while there are windows
   */
  setTopology(topology: Topology): void {
    this.oneSided.assertTopologyFree(this.rank);
    if (topology.size !== this.size) {
      throw new DecentLabError('VALUE_INVALID', {
        what: `setTopology on rank ${this.rank}`,
        expected: `${this.size} nodes`,
        received: topology.size
      });
    }
    // What loadTopology has given says nothing new: weights around an absent rank return with it.
    if (topology !== this.#topology) this.#follow(topology);
    this.#report({ type: 'topology' });
  }

  /** The topology that exchanges follow: the one that was set, around the ranks that are absent. */
  loadTopology(): Topology {
    return this.#topology;
  }

  /** The topology that was set, with all ranks, as plain data. */
  packedTopology(): PackedTopology {
    return packTopology(this.#whole);
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
    const plan = planExchange(this.#near, options);
    const named = plan.isDynamic ? [...plan.sources, ...plan.destinations] : [];
    this.#assertPresent(
      'neighborAllreduce',
      named.map(([other]) => other)
    );
    const { enableTopoCheck: isChecked = true } = options;
    const spec = { plan, topology: this.#fingerprint, isChecked };
    return this.#caller.run('neighborAllreduce', x, { spec, options });
  }

  async allreduce<T extends Value>(x: T, options: AllreduceOptions = {}): Promise<T> {
    this.#assertPresent('allreduce');
    const { average = true } = options;
    return this.#caller.run('allreduce', x, { spec: { average }, options });
  }

  /** @throws VALUE_INVALID if `rootRank` is no rank */
  async broadcast<T extends Value>(x: T, rootRank: number, options?: CallOptions): Promise<T> {
    assertRank('broadcast, rootRank', rootRank, this.size);
    this.#assertPresent('broadcast', [rootRank]);
    return this.#caller.run('broadcast', x, { spec: { rootRank }, options });
  }

  async barrier(options?: CallOptions): Promise<void> {
    this.#assertPresent('barrier');
    await this.#caller.run('barrier', [], { spec: {}, options });
  }

  /** Rejects all pending calls with the reason (default: an interrupt). */
  openEpoch(epoch: number, reason?: Reason | null, gone?: Gone): void {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#thread.remote.tell('openEpoch', epoch, reason, gone);
    const { absent = [] } = gone ?? {};
    if (absent.join() === this.#absent.join()) return;
    this.#absent = absent;
    this.#follow(this.#whole);
  }

  /** The process of a rank has ended, or is silent: calls that need it are rejected with PEER_LOST, all others go on. */
  peerLost(rank: number, isSilent?: boolean): void {
    this.#thread.remote.tell('peerLost', rank, isSilent);
  }

  /**
   * The cell of a rank has failed: calls that wait for it are rejected with PEER_FAILED.
   * @param sent how many frames it had sent here in this epoch, which still count. Defaults to 0
   */
  peerFailed(rank: number, error: string, sent?: number): void {
    this.#thread.remote.tell('peerFailed', rank, error, sent);
  }

  /** How many frames of this epoch went to each rank. */
  sent(): Promise<number[]> {
    return this.#thread.remote.ask('sent');
  }

  /** The call that has waited longest for other ranks, or null. */
  async waiting(): Promise<PendingCall | null> {
    const [oldest] = await this.#thread.remote.ask('pending');
    return oldest ?? null;
  }

  /** An array in link memory, full of zeros. @throws VALUE_INVALID, LINK_MEMORY_FULL */
  linkArray<Kind extends DType>(dtype: Kind, length: number): LinkArray<Kind> {
    return this.#thread.linkArrays.create(dtype, length);
  }

  /** This rank's row of W as it is now. */
  row(): WatchedRow {
    return watchedRow(this.#near, this.#topology);
  }

  /** What has passed between this rank and each other since the engine began. */
  counters(): Promise<PeerCount[]> {
    return this.#thread.remote.ask('counters');
  }

  /** What the thread of the links records for timelines. */
  get recorder(): { record(isOn: boolean): Promise<void>; take(): Promise<Taken> } {
    const { remote } = this.#thread;
    return { record: isOn => remote.ask('record', isOn), take: () => remote.ask('takeSpans') };
  }

  /** A cell begins: the end of an epoch that none of its calls has heard of is owed to its next call. */
  beginCell(): void {
    this.#thread.remote.tell('beginCell');
  }

  /** The calls that the cell started and that still wait; a cell that was stopped takes part in none any more. */
  endCell({ isStopped = false } = {}): Promise<PendingCall[]> {
    return this.#thread.remote.ask('endCell', isStopped);
  }

  /** Ends all links. */
  async close(): Promise<void> {
    await this.#thread.remote.ask('close');
    this.#thread.remote.close();
  }

  #follow(whole: Topology): void {
    this.#whole = whole;
    this.#topology = healedTopology(whole, this.#absent);
    this.#fingerprint = fingerprint(this.#topology);
    const { rows, destinations } = sparseWeights(this.#topology);
    const { rank, size } = this;
    this.#near = { rank, size, ...rows[rank], destinations: destinations[rank] };
  }

  /** A call goes through ranks that take part, this one among them. @throws RANK_ABSENT */
  #assertPresent(what: string, ranks: readonly number[] = []): void {
    const absent = this.#absent;
    const rank = [this.rank, ...ranks].find(other => absent.includes(other));
    if (rank === undefined) return;
    const members = Array.from({ length: this.size }, (_, k) => k).filter(k => !absent.includes(k));
    throw new DecentLabError('RANK_ABSENT', { what, rank, members });
  }
}

function assertRank(what: string, rank: number, size: number): void {
  if (Number.isInteger(rank) && rank >= 0 && rank < size) return;
  const expected = `a rank from 0 to ${size - 1}`;
  throw new DecentLabError('VALUE_INVALID', { what, expected, received: rank });
}

function firstTopology(name: string | undefined, size: number): Topology {
  if (name === undefined) return exponentialTwoGraph(size);
  const graph = topologyNamed(name, { size });
  if (!isSchedule(graph)) return graph;
  const expected = 'one graph, not a schedule of graphs';
  throw new DecentLabError('VALUE_INVALID', { what: 'The topology', expected, received: name });
}
