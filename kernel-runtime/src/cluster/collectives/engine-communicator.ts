/** The operations of a real engine: programs that exchange with peers over websockets, in the I/O thread. */
import { DecentLabError } from '../../errors.js';
import type { Soon } from '../../soon.js';
import { Collectives } from '../../mathematics/communicator/collectives.js';
import type { Value } from '../../mathematics/communicator/communicator.js';
import { heldInWords } from '../../mathematics/communicator/gate.js';
import type { SetTopologyOptions } from '../../mathematics/communicator/options.js';
import type { ProgramName, Request } from '../../mathematics/communicator/specs.js';
import type { DType } from '../../mathematics/communicator/values.js';
import { WindowWords } from '../../mathematics/communicator/windows/words.js';
import { exponentialTwoGraph } from '../../mathematics/graph/circulant.js';
import { staticTopologyNamed } from '../../mathematics/graph/named.js';
import { graphs } from '../../mathematics/graph/neighbourhood.js';
import {
  packTopology,
  unpackTopology,
  type PackedTopology
} from '../../mathematics/graph/packed.js';
import type { Topology } from '../../mathematics/graph/topology.js';
import { Caller } from './caller.js';
import type { LinkArray } from './link-arrays.js';
import { spans, type Stretch, type Taken } from '../net/spans.js';
import type { Place, RankPlace } from '../net/websocket.js';
import { LinkThread, type LinkThreadOptions } from './link-thread.js';
import { EngineRoom } from './windows/room.js';
import type { PeerCount } from './counters.js';
import { watchedRow, type WatchedRow } from './row.js';
import { Whereabouts } from './whereabouts.js';
import type { Gone, PendingCall, Reason } from './types.js';

export class EngineCommunicator extends Collectives<Topology> {
  protected readonly oneSided: WindowWords;
  readonly #thread: LinkThread;
  readonly #caller: Caller;
  readonly #whereabouts = new Whereabouts();
  readonly #report: LinkThreadOptions['report'];
  #epoch: number;

  /**
   * Starts with the static exponential graph, as BlueFog does, or with the one that is named.
   * @throws TOPOLOGY_UNKNOWN, VALUE_INVALID for a schedule or for machines of unequal size
   */
  constructor(options: LinkThreadOptions) {
    const { rank, size, nodesPerMachine } = options;
    super({ rank, size, nodesPerMachine, topology: firstTopology(options) }, graphs);
    this.#epoch = options.epoch ?? 0;
    this.#thread = new LinkThread(options);
    this.#caller = new Caller(this.#thread, () => this.#epoch);
    this.#report = options.report;
    const { place } = this;
    this.oneSided = new WindowWords(
      new EngineRoom(this.#caller, {
        whereabouts: this.#whereabouts,
        place: () => ({ near: place.ranks.near, topology: place.ranks.words() })
      })
    );
  }

  /** Listens for peers; call it before the engine reports itself as ready. @returns where */
  listen(): Promise<Place> {
    return this.#thread.remote.ask('listen');
  }

  /** Other ranks listen there from now on. */
  learnPlaces(places: readonly RankPlace[]): void {
    this.#thread.remote.tell('learnPlaces', places);
  }

  override setTopology(topology?: Topology | null, options?: SetTopologyOptions): boolean {
    const isSet = super.setTopology(topology, options);
    this.#report({ type: 'topology' });
    return isSet;
  }

  /** The topology that was set, with all ranks, as plain data. */
  packedTopology(): PackedTopology {
    return packTopology(this.place.whole);
  }

  /** Rejects all pending calls with the reason (default: an interrupt). */
  openEpoch(epoch: number, reason?: Reason | null, gone?: Gone): void {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#thread.cells.involve();
    spans.mark(reason ? `epoch ${epoch}: ${reason.code}` : `epoch ${epoch}`);
    this.#thread.remote.tell('openEpoch', epoch, reason, gone);
    this.gate.reject(new DecentLabError(reason?.code ?? 'INTERRUPTED', reason?.detail));
    this.place.goAround(gone?.absent ?? []);
  }

  /** The process of a rank has ended, or is silent: calls that need it are rejected with PEER_LOST, all others go on. */
  peerLost(rank: number, isSilent?: boolean): void {
    this.#thread.cells.involve();
    spans.mark(`rank ${rank} is ${isSilent ? 'silent' : 'lost'}`, { peer: rank });
    this.#thread.remote.tell('peerLost', rank, isSilent);
  }

  /**
   * The cell of a rank has failed: calls that wait for it are rejected with PEER_FAILED.
   * @param sent how many frames it had sent here in this epoch, which still count. Defaults to 0
   */
  peerFailed(rank: number, error: string, sent?: number): void {
    this.#thread.cells.involve();
    this.#thread.remote.tell('peerFailed', rank, error, sent);
  }

  /** How many frames of this epoch went to each rank. */
  sent(): Promise<number[]> {
    return this.#thread.remote.ask('sent');
  }

  /** The call that has waited longest for other ranks, or for this one's `resume`; or null. */
  async waiting(): Promise<PendingCall | null> {
    const pending = await this.#thread.remote.ask('pending');
    const [oldest] = [...pending, ...this.#held()].sort((a, b) => a.since - b.since);
    return oldest ?? null;
  }

  /** An error with the stack of a call of this name (or on this window) that waits: it leads to the line of the cell. */
  whereIsWaiting({ name }: Pick<PendingCall, 'name'>): Promise<Error | undefined> {
    return this.#whereabouts.find(name);
  }

  /** An array in link memory, full of zeros. @throws VALUE_INVALID, LINK_MEMORY_FULL */
  linkArray<Kind extends DType>(dtype: Kind, length: number): LinkArray<Kind> {
    return this.#thread.linkArrays.create(dtype, length);
  }

  /** This rank's row of W as it is now. */
  row(): WatchedRow {
    return watchedRow(this.place.ranks.near, this.loadTopology());
  }

  /** By peer, since the engine began: bytes and messages both ways, and the milliseconds that calls have waited for it. */
  counters(): Promise<PeerCount[]> {
    return this.#thread.remote.ask('counters');
  }

  /** What the thread of the links records for timelines. */
  get recorder(): { record(isOn: boolean): Promise<void>; take(): Promise<Taken> } {
    const { remote } = this.#thread;
    return { record: isOn => remote.ask('record', isOn), take: () => remote.ask('takeSpans') };
  }

  /** What the thread of the links spends its time on, for those who look on live: `most` stretches of a kind. */
  get live(): { record(isOn: boolean): Promise<void>; take(most: number): Promise<Stretch[]> } {
    const { remote } = this.#thread;
    return {
      record: isOn => remote.ask('recordLive', isOn),
      take: most => remote.ask('takeStretches', most)
    };
  }

  /** How many times this rank has averaged with its neighbours since it began. */
  get rounds(): number {
    return this.#caller.rounds;
  }

  /** A cell begins: the end of an epoch that none of its calls has heard of is owed to its next call. */
  beginCell(): void {
    this.#thread.cells.begin();
  }

  /** The calls that the cell started and that still wait; a cell that was stopped takes part in none any more. */
  endCell({ isStopped = false } = {}): Soon<PendingCall[]> {
    return this.#thread.cells.end(isStopped);
  }

  /** Ends all links. */
  async close(): Promise<void> {
    await this.#thread.remote.ask('close');
    this.#thread.remote.close();
  }

  protected override run<Name extends ProgramName>(
    program: Name,
    x: Value,
    request: Request<Name>
  ): Promise<Value> {
    return this.#whereabouts.follow(request.options?.name, settle =>
      this.#caller.run(program, x, request, settle)
    );
  }

  /** Where the cell's output is read. */
  protected override sayHeld(op: string): void {
    console.warn(`Rank ${this.rank} is suspended: ${op} waits until it calls resume().`);
  }

  /** The calls of a suspended rank, as calls that wait for that rank itself. */
  #held(): PendingCall[] {
    const on = [this.rank];
    return this.gate.waiting.map(({ op, name, since }) => ({
      op: heldInWords(op),
      ...(name === undefined ? {} : { name }),
      on,
      since
    }));
  }
}

function firstTopology({ topology, topologyName: name, size }: LinkThreadOptions): Topology {
  if (topology) return unpackTopology(topology);
  return name === undefined ? exponentialTwoGraph(size) : staticTopologyNamed(name, size);
}
