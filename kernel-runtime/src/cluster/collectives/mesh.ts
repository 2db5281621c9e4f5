/** The links of this engine with its peers, and the calls that wait on them, epoch by epoch. */
import { DecentLabError } from '../../errors.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import { socketAddress } from '../../platform.js';
import { encodeFrame, type Frame, type IncomingLink, type OutgoingLink } from '../net/link.js';
import { dialTensors, serveTensors } from '../net/tensor-link.js';
import type { Listener } from '../net/websocket.js';
import { Waits, type Call } from './call.js';
import { Counters, frameBytes } from './counters.js';
import { Failures } from './failures.js';
import { Inbox, type Said } from './inbox.js';
import { Outbox } from './outbox.js';
import type { CommunicatorEvent, Gone, LinkOptions, PendingCall, Reason } from './types.js';

/** The socket that the other ranks hear `rank` on. */
export function tensorAddress(folder: string, rank: number): string {
  return socketAddress(folder, `rank-${rank}`);
}

export interface MeshOptions extends LinkOptions {
  report(event: CommunicatorEvent): void;
}

/** Lives beside the calls: hears signals at any time, and of what happens to ranks and epochs. */
export interface Follower {
  /** A signal of a rank. @throws FRAME_INVALID, which ends the link */
  onSignal(from: number, signal: Signal): void;
  /** An epoch has ended with this error; the ranks have no process now. True if a call was waiting. */
  onEpoch(error: Error, lost: readonly number[]): boolean;
  onLost(rank: number): void;
}

/** Words and arrays that no call waits for. */
export interface Signal {
  readonly head: string;
  readonly arrays: readonly LeafData[];
}

/** The stream of signals, which belong to no epoch. */
const SIGNALS = '~';

export class Mesh {
  readonly #options: MeshOptions;
  readonly #waits = new Waits();
  readonly #incoming = new Map<number, Promise<IncomingLink | null>>();
  readonly #outbox = new Outbox();
  /** Whether each is only silent. */
  readonly #lost = new Map<number, boolean>();
  /** Links that have ended in this epoch: the frames lost with one would shift all later calls. */
  readonly #broken = new Map<number, (call: Call) => Error>();
  readonly #failures = new Failures();
  readonly counters = new Counters();
  #inboxes = new Map<number, Inbox>();
  /** Frames of an epoch that a peer has opened before this rank. */
  #early: { from: number; frame: Frame }[] = [];
  #members: readonly number[];
  #epoch = 0;
  #era = 0;
  #lastOfAll: Call | undefined;
  #isCellRunning = false;
  /** Why the last epoch has ended. */
  #end: Error | undefined;
  /** The end of an epoch that this rank's cell has not heard of: its next call does. */
  #owed: Error | null = null;
  #listener: Listener | undefined;
  #follower: Follower | undefined;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#epoch = options.epoch ?? 0;
    this.#members = this.#ranks();
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Listens for the peers that want to hear this rank. */
  async listen(): Promise<void> {
    const { token, folder, rank } = this.#options;
    const onReceiver = (link: OutgoingLink): void => this.#outbox.connect(link);
    this.#listener = await serveTensors({
      address: tensorAddress(folder, rank),
      token,
      onReceiver
    });
  }

  /** Makes this the one that hears signals. */
  follow(follower: Follower): void {
    this.#follower = follower;
  }

  /** Hears these ranks from now on: their signals may come at any time. */
  connect(ranks: readonly number[]): void {
    for (const rank of ranks) if (!this.#lost.has(rank)) this.#connect(rank);
  }

  /** Sends a signal: in order, outside of all calls and epochs. A rank that is lost does not get it. */
  signal(to: number, { head, arrays }: Signal): void {
    if (this.#lost.has(to)) return;
    const frame = { epoch: this.#epoch, era: 0, op: '', signature: head, stream: SIGNALS, arrays };
    this.#outbox.send(to, encodeFrame(frame)).catch(() => undefined);
  }

  /** The ranks that take part, ascending: all but those that the graph goes around. */
  get members(): readonly number[] {
    return this.#members;
  }

  /** The number of unnamed calls of all ranks so far. */
  get era(): number {
    return this.#era;
  }

  /** Throws the end of an epoch that this cell has not heard of yet. */
  begin(): void {
    if (!this.#owed) return;
    const owed = this.#owed;
    this.#owed = null;
    throw owed;
  }

  /** Throws the end of an epoch for a call that was made in it and has not begun: it must not meet the calls of the next. */
  assertEpoch(epoch: number): void {
    if (epoch === this.#epoch || !this.#end) return;
    this.#owed = null;
    throw this.#end;
  }

  /** Marks an unnamed call of all ranks in the order of this rank's calls. */
  enter(call: Call): void {
    this.#lastOfAll = call;
    this.#era = call.era + 1;
    for (const inbox of this.#inboxes.values()) inbox.enter(call);
  }

  /**
   * Sends arrays, copied once and at once, to some ranks. Resolves when they are sent, or held for ranks yet to call.
   * @throws PEER_LOST if the process of one has ended
   */
  post(ranks: readonly number[], call: Call, arrays: readonly LeafData[]): Promise<void> {
    const { op, signature, stream, era } = call;
    const bytes = encodeFrame({ epoch: this.#epoch, era, op, signature, stream, arrays });
    for (const to of ranks) this.counters.sent(to, frameBytes(arrays));
    const parts = ranks.map(to => this.#postBytes(to, call, bytes));
    const sent = Promise.all(parts).then(() => undefined);
    sent.catch(() => undefined);
    return sent;
  }

  #postBytes(to: number, call: Call, bytes: Buffer): Promise<void> {
    this.#failures.countSent(to);
    const sent = this.#waits.open<void>(call, to, resolve => {
      if (!this.#lost.has(to)) {
        this.#outbox.send(to, bytes).then(resolve, () => this.#rejectLost(to));
      }
    });
    if (this.#lost.has(to)) this.#rejectLost(to);
    return sent;
  }

  /**
   * The arrays that one rank sends for this call.
   * @throws PEER_LOST, PEER_FAILED, DISAGREEMENT or CALL_TIMEOUT through the promise
   */
  receive(from: number, call: Call): Promise<readonly LeafData[]> {
    const arrays = this.#waits.open<readonly LeafData[]>(call, from, resolve =>
      this.#inbox(from).receive(call, resolve)
    );
    const broken = this.#broken.get(from);
    if (this.#lost.has(from)) this.#rejectLost(from);
    else if (broken) this.#waits.reject((_, peer) => peer === from, broken);
    else this.#connect(from);
    this.#rejectFailed(from);
    return arrays;
  }

  /**
   * Ends the calls of the old epoch: pending ones are rejected with `reason`, frames of it are dropped.
   * @param reason defaults to an interrupt
   */
  openEpoch(epoch: number, reason?: Reason | null, gone: Gone = {}): void {
    if (epoch <= this.#epoch) return;
    const { lost = [], silent = [], absent = [] } = gone;
    this.#members = this.#ranks().filter(rank => !absent.includes(rank));
    this.#epoch = epoch;
    this.#era = 0;
    this.#lastOfAll = undefined;
    this.#inboxes = new Map();
    this.#outbox.clear();
    this.#failures.restart();
    this.#lost.clear();
    this.#broken.clear();
    for (const rank of lost) this.#lost.set(rank, silent.includes(rank));
    const error = new DecentLabError(reason?.code ?? 'INTERRUPTED', reason?.detail);
    this.#end = error;
    const heard = this.#waits.reject(
      () => true,
      () => error
    );
    const alsoHeard = this.#follower?.onEpoch(error, [...lost, ...absent]) ?? false;
    this.#owed = reason && this.#isCellRunning && !heard && !alsoHeard ? error : null;
    const early = this.#early.splice(0);
    for (const { from, frame } of early) this.#deliver(from, frame);
  }

  /** The process of a rank has ended, or is silent: calls that need it are rejected, all others go on. */
  peerLost(rank: number, isSilent = false): void {
    this.#lost.set(rank, isSilent);
    this.#disconnect(rank);
    this.#rejectLost(rank);
    this.#follower?.onLost(rank);
  }

  /**
   * The cell of a rank has failed: calls that wait for it are rejected.
   * @param sent how many frames it had sent here in this epoch; what it sent still counts
   */
  peerFailed(rank: number, error: string, sent = 0): void {
    this.#failures.add(rank, { error, sent });
    this.#rejectFailed(rank);
  }

  /** How many frames of this epoch went to each rank. */
  sent(): number[] {
    return this.#ranks().map(rank => this.#failures.sentTo(rank));
  }

  /** The calls that wait, oldest first. */
  pending(): PendingCall[] {
    return this.#waits.pending();
  }

  beginCell(): void {
    this.#isCellRunning = true;
    this.#failures.forget();
  }

  endCell(): void {
    this.#isCellRunning = false;
    this.#owed = null;
  }

  close(): void {
    this.#listener?.close();
    for (const rank of [...this.#incoming.keys()]) this.#disconnect(rank);
    this.#outbox.close();
  }

  #ranks(): number[] {
    return Array.from({ length: this.#options.size }, (_, rank) => rank);
  }

  #connect(from: number): void {
    if (this.#incoming.has(from)) return;
    const { token, folder, rank } = this.#options;
    const link = dialTensors({
      address: tensorAddress(folder, from),
      token,
      peer: from,
      rank,
      onFrame: (peer, frame) => this.#deliver(peer, frame),
      onLost: (peer, cause, isRefused) => this.#linkEnded(peer, cause, isRefused)
    });
    const opened = link.catch((error: unknown) => {
      this.#linkEnded(from, error instanceof Error ? error.message : String(error), false);
      return null;
    });
    this.#incoming.set(from, opened);
  }

  #disconnect(rank: number): void {
    void this.#incoming.get(rank)?.then(link => link?.close());
    this.#incoming.delete(rank);
    this.#outbox.disconnect(rank);
  }

  /** Without its process a peer's socket ends at once; a link may also end because of a frame that is none. */
  #linkEnded(rank: number, cause: string, isRefused: boolean): void {
    this.#incoming.delete(rank);
    const toError = (call: Call): Error =>
      isRefused
        ? new DecentLabError('LINK_ENDED', { rank, cause })
        : lostError(call, rank, { cause });
    this.#broken.set(rank, toError);
    this.#waits.reject((_, peer) => peer === rank, toError);
    this.#follower?.onLost(rank);
    if (!isRefused) this.#options.report({ type: 'peer-lost', rank });
  }

  #deliver(from: number, frame: Frame): void {
    if (frame.stream === SIGNALS) {
      return this.#follower?.onSignal(from, { head: frame.signature, arrays: frame.arrays });
    }
    if (frame.epoch > this.#epoch) this.#early.push({ from, frame });
    if (frame.epoch !== this.#epoch) return;
    this.#failures.countReceived(from);
    this.counters.received(from, frameBytes(frame.arrays));
    this.#inbox(from).deliver(frame, this.#lastOfAll);
    this.#rejectFailed(from);
  }

  #inbox(from: number): Inbox {
    let inbox = this.#inboxes.get(from);
    if (!inbox) {
      inbox = new Inbox((own, theirs) => this.#disagree(from, own, theirs));
      this.#inboxes.set(from, inbox);
    }
    return inbox;
  }

  /** The controller ends the epoch on all ranks with one text, this one included. */
  #disagree(otherRank: number, own: Said, theirs: Said): void {
    const detail = {
      rank: this.#options.rank,
      said: saying(own),
      otherRank,
      otherSaid: saying(theirs)
    };
    const reason = { code: 'DISAGREEMENT', detail } as const;
    this.#options.report({ type: 'disagreement', reason, epoch: this.#epoch });
  }

  #rejectLost(rank: number): void {
    this.#waits.reject(
      (_, peer) => peer === rank,
      call => lostError(call, rank, { isSilent: this.#lost.get(rank) ?? false })
    );
  }

  #rejectFailed(rank: number): void {
    const error = this.#failures.errorOf(rank);
    if (error === undefined) return;
    this.#waits.reject(
      (_, peer) => peer === rank,
      ({ op: call }) => new DecentLabError('PEER_FAILED', { call, rank, error })
    );
  }
}

function lostError({ op: call }: Call, rank: number, why: Record<string, unknown>): Error {
  return new DecentLabError('PEER_LOST', { call, rank, ...why });
}

function saying({ op, signature }: Said): string {
  return `called ${op}${signature ? ` with ${signature}` : ''}`;
}
