/** The Communicator of a real engine: exchanges with peers over websockets. */
import { DecentLabError } from '../../errors.js';
import type {
  AllreduceOptions,
  CallOptions,
  Communicator,
  NeighborAllreduceOptions,
  Value
} from '../../mathematics/communicator/communicator.js';
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
import { Entrance } from './entrance.js';
import { fingerprint } from './fingerprint.js';
import { Mesh } from './mesh.js';
import { EngineRoom, type Place } from './windows/room.js';
import type { EngineWindows } from './windows/windows.js';
import type { PeerCount } from './counters.js';
import { watchedRow, type WatchedRow } from './row.js';
import type { EngineCommunicatorOptions, Gone, PendingCall, Reason } from './types.js';

export class EngineCommunicator extends ThroughOneSided implements Communicator {
  protected readonly oneSided: WindowWords;
  readonly rank: number;
  readonly size: number;
  readonly #mesh: Mesh;
  readonly #caller: Caller;
  readonly #report: EngineCommunicatorOptions['report'];
  /** As it was set, with all ranks. */
  #whole!: Topology;
  /** The ranks that the graph goes around. */
  #absent: readonly number[] = [];
  readonly #windows: EngineWindows;
  #topology!: Topology;
  #fingerprint = '';
  #near!: Neighbourhood;

  /**
   * Starts with the static exponential graph, as BlueFog does, or with the one that is named.
   * @throws TOPOLOGY_UNKNOWN, VALUE_INVALID for a schedule
   */
  constructor(options: EngineCommunicatorOptions) {
    super();
    this.rank = options.rank;
    this.size = options.size;
    this.#mesh = new Mesh(options);
    const entrance = new Entrance(this.#mesh, options);
    const { mesh } = entrance;
    this.#windows = entrance.windows;
    this.#caller = new Caller(
      {
        get epoch() {
          return mesh.epoch;
        },
        run: request => entrance.run(request)
      },
      options
    );
    this.#report = options.report;
    const place = (): Place => ({ near: this.#near, topology: this.#fingerprint });
    this.oneSided = new WindowWords(new EngineRoom(this.#caller, place));
    const { topology, topologyName } = options;
    this.#follow(topology ? unpackTopology(topology) : firstTopology(topologyName, this.size));
  }

  /** Listens for peers; call it before the engine reports itself as ready. */
  listen(): Promise<void> {
    return this.#mesh.listen();
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
    this.#mesh.openEpoch(epoch, reason, gone);
    const { absent = [] } = gone ?? {};
    if (absent.join() === this.#absent.join()) return;
    this.#absent = absent;
    this.#follow(this.#whole);
  }

  /** The process of a rank has ended, or is silent: calls that need it are rejected with PEER_LOST, all others go on. */
  peerLost(rank: number, isSilent?: boolean): void {
    this.#mesh.peerLost(rank, isSilent);
  }

  /**
   * The cell of a rank has failed: calls that wait for it are rejected with PEER_FAILED.
   * @param sent how many frames it had sent here in this epoch, which still count. Defaults to 0
   */
  peerFailed(rank: number, error: string, sent?: number): void {
    this.#mesh.peerFailed(rank, error, sent);
  }

  /** How many frames of this epoch went to each rank. */
  sent(): number[] {
    return this.#mesh.sent();
  }

  /** The call that has waited longest for other ranks, or null. */
  waiting(): PendingCall | null {
    const [oldest] = this.#pending().sort((a, b) => a.since - b.since);
    return oldest ?? null;
  }

  /** This rank's row of W as it is now. */
  row(): WatchedRow {
    return watchedRow(this.#near, this.#topology);
  }

  /** What has passed between this rank and each other since the engine began. */
  counters(): PeerCount[] {
    return this.#mesh.counters.list();
  }

  /** A cell begins: the end of an epoch that none of its calls has heard of is owed to its next call. */
  beginCell(): void {
    this.#mesh.beginCell();
  }

  /** The calls that the cell started and that still wait. */
  endCell(): PendingCall[] {
    this.#mesh.endCell();
    this.#windows.host.endCell();
    return this.#pending();
  }

  /** Ends all links. */
  close(): void {
    this.#mesh.close();
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

  #pending(): PendingCall[] {
    return [...this.#mesh.pending(), ...this.#windows.pending()];
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
