/** The links of this engine with its peers, and the calls that wait on them, epoch by epoch. */
import { DecentLabError } from '../../errors.js';
import type { LeafData } from '../../mathematics/communicator/values.js';
import { Links } from '../net/links/links.js';
import { isStarved, nameThread } from '../net/starved.js';
import type { Place } from '../net/websocket.js';
import type { Wire } from '../net/wire.js';
import { frameInvalid, type Arrival, type Message } from '../net/links/types.js';
import { Addresses } from './addresses.js';
import { needs, Waits, type Call, type Wait } from './call.js';
import { Counters, frameBytes } from './counters.js';
import { Failures } from './failures.js';
import { Inbox, saying, type Said } from './inbox.js';
import { collect, landAt, open, type Granted, type Incoming } from './arriving.js';
import { Unreachable } from './unreachable.js';
import { Lent } from './lent.js';
import { signalMessage, Signals, type Signal } from './signals.js';
import { decodeStream, encodeStream, SIGNALS } from './streams.js';
import { parseWords, payloadParts, WordsWriter, type HeardWords } from './words.js';
import type { CommunicatorEvent, Gone, LinkOptions, PendingCall, Reason } from './types.js';

export interface MeshOptions extends LinkOptions {
  /** What carries the links. Defaults to plain sockets. */
  readonly wire?: Wire;
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

export class Mesh {
  readonly #options: MeshOptions;
  readonly addresses: Addresses;
  readonly #waits = new Waits((rank, ms) => this.counters.waited(rank, ms));
  readonly #words = new WordsWriter();
  readonly counters = new Counters();
  /** Arrays that are on their way. */
  readonly lent = new Lent();
  readonly #links: Links<HeardWords>;
  readonly #signals: Signals;
  readonly #unreachable = new Unreachable();
  readonly #failures = new Failures();
  #inboxes = new Map<number, Inbox>();
  /** Messages of an epoch that a peer has opened before this rank. */
  #early: Arrival<HeardWords>[] = [];
  #members: readonly number[];
  #epoch = 0;
  #era = 0;
  #lastOfAll: Call | undefined;
  #isCellRunning = false;
  /** Why the last epoch has ended. */
  #end: Error | undefined;
  /** The end of an epoch that this rank's cell has not heard of: its next call does. */
  #owed: Error | null = null;
  /** The last cell was stopped, and no epoch has begun since. */
  #stopped: Error | undefined;
  #follower: Follower | undefined;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#epoch = options.epoch ?? 0;
    this.#members = this.#ranks();
    this.addresses = new Addresses(options);
    const { rank, size, token, folder, wire } = options;
    this.#links = new Links({
      ...{ rank, size, token, parseWords, ...(wire ? { wire } : {}) },
      addressOf: peer => this.addresses.of(peer),
      silenceLimit: options.heartbeat,
      isStarved: peer => isStarved(folder, peer),
      onArrival: arrival => this.#deliver(arrival),
      onSignal: () => {
        throw frameInvalid('a signal without words');
      },
      onLost: (peer, cause, isRefused) => this.#linkEnded(peer, cause, isRefused),
      onSilent: (peer, wasLinked) => this.#unreachable.silence(peer, wasLinked),
      onHeard: peer => options.report({ type: 'peer-heard', rank: peer })
    });
    this.#links.openEpoch(this.#epoch);
    this.#signals = new Signals(this.#links, (from, signal) =>
      this.#follower?.onSignal(from, signal)
    );
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Listens for peers. @returns where */
  async listen(): Promise<Place> {
    nameThread(this.#options.folder, this.#options.rank);
    await this.#links.listen();
    return this.#links.address ?? this.addresses.own;
  }

  /** Makes this the one that hears signals. */
  follow(follower: Follower): void {
    this.#follower = follower;
  }

  /** Hears these ranks from now on: their signals may come at any time. */
  connect(ranks: readonly number[]): void {
    for (const rank of ranks) if (!this.#unreachable.isLost(rank)) this.#links.connect(rank);
  }

  /** Sends a signal: in order, outside of all calls and epochs. A rank that is lost does not get it. */
  signal(to: number, signal: Signal): void {
    if (this.#unreachable.isLost(to)) return;
    this.#send(to, signalMessage(signal))?.catch(() => undefined);
  }

  /** The ranks that take part, ascending: all but those that the graph goes around. */
  get members(): readonly number[] {
    return this.#members;
  }

  /** The number of unnamed calls of all ranks so far. */
  get era(): number {
    return this.#era;
  }

  /** Throws the end of an epoch that this cell has not heard of yet, or that the cell was stopped. */
  begin(): void {
    if (this.#stopped) throw this.#stopped;
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
   * Sends arrays to some ranks. A promise for when they have left, or undefined if they have: small ones leave at once,
   * large ones when their receivers are ready; until then they must not change.
   * @throws PEER_LOST through the promise if the process of one has ended
   */
  post(
    ranks: readonly number[],
    call: Call,
    arrays: readonly LeafData[]
  ): Promise<unknown> | undefined {
    const { op, signature, era } = call;
    const { name, ...stream } = encodeStream(call.stream);
    const words = this.#words.write(op, { signature, name }, arrays);
    const message = { epoch: this.#epoch, era, ...stream, words, payload: payloadParts(arrays) };
    const bytes = frameBytes(arrays);
    const waits: Promise<void>[] = [];
    for (const to of ranks) {
      this.counters.sent(to, bytes);
      this.#failures.countSent(to);
      const sent = this.#postTo(to, call, message);
      if (sent) waits.push(sent);
    }
    if (waits.length < 2) return waits[0];
    const sent = Promise.all(waits);
    sent.catch(() => undefined);
    return sent;
  }

  #postTo(to: number, call: Call, message: Message): Promise<void> | undefined {
    const isGone = this.#unreachable.errorOf(to) !== undefined;
    const sent = isGone ? undefined : this.#send(to, message);
    if (!isGone && !sent) return undefined;
    const wait = this.#waits.open<void>(call, to);
    if (sent) {
      this.lent.lend(message.payload, sent);
      sent.then(
        () => wait.resolve(),
        (error: Error) => this.#sendFailed(to, error)
      );
    }
    this.#rejectGone(to);
    return wait.promise;
  }

  /** A link may be over already: that is heard as if it had ended meanwhile. */
  #send(to: number, message: Message): Promise<void> | undefined {
    try {
      return this.#links.send(to, message);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The arrays that one rank sends for this call, in memory of their own: at once if they are here, or a promise.
   * @throws PEER_LOST, PEER_FAILED, DISAGREEMENT or CALL_TIMEOUT through the promise
   */
  receive(from: number, call: Call): readonly LeafData[] | Promise<readonly LeafData[]> {
    const here = this.#inbox(from).take(call);
    if (here) return open(this.#links, here);
    return this.#receive(from, call, (arrival, wait: Wait<readonly LeafData[]>) =>
      collect(this.#links, arrival, wait)
    );
  }

  /**
   * Lets what one rank sends for this call land where `begin` says, as it comes. Resolves when all of it is there.
   * @param begin throws to refuse it
   * @throws PEER_LOST, PEER_FAILED, DISAGREEMENT or CALL_TIMEOUT through the promise; its landing is released later
   */
  land(from: number, call: Call, begin: (incoming: Incoming) => Granted): Promise<void> {
    return this.#receive(from, call, (arrival, wait: Wait<void>) =>
      landAt(this.#links, arrival, wait, begin)
    );
  }

  #receive<T>(
    from: number,
    call: Call,
    begin: (arrival: Arrival<HeardWords>, wait: Wait<T>) => void
  ): Promise<T> {
    const wait = this.#waits.open<T>(call, from);
    this.#inbox(from).receive(call, arrival => {
      wait.isMet = true;
      if (arrival.payload === undefined) wait.abandon = () => this.#links.cancel(arrival);
      begin(arrival, wait);
    });
    if (!this.#rejectGone(from)) this.#links.connect(from);
    // A call of all ranks would wait for some that have given up, and may never come.
    for (const rank of call.needs ?? []) if (this.#unreachable.isLost(rank)) this.#rejectGone(rank);
    this.#rejectFailed(from);
    return wait.promise;
  }

  /**
   * Ends the calls of the old epoch: pending ones are rejected with `reason`, frames of it are dropped.
   * @param reason defaults to an interrupt
   */
  openEpoch(epoch: number, reason?: Reason | null, gone: Gone = {}): void {
    if (epoch <= this.#epoch) return;
    const { lost = [], absent = [] } = gone;
    this.#members = this.#ranks().filter(rank => !absent.includes(rank));
    this.#epoch = epoch;
    this.#stopped = undefined;
    this.#era = 0;
    this.#lastOfAll = undefined;
    for (const inbox of this.#inboxes.values())
      for (const arrival of inbox.left()) this.#links.consume(arrival);
    this.#inboxes = new Map();
    this.#failures.restart();
    this.#unreachable.restart(gone);
    this.#links.openEpoch(epoch);
    const error = new DecentLabError(reason?.code ?? 'INTERRUPTED', reason?.detail);
    this.#end = error;
    const heard = this.#waits.reject(
      () => true,
      () => error
    );
    const alsoHeard = this.#follower?.onEpoch(error, [...lost, ...absent]) ?? false;
    this.#owed = reason && this.#isCellRunning && !heard && !alsoHeard ? error : null;
    for (const arrival of this.#early.splice(0)) this.#deliver(arrival);
  }

  /** The process of a rank has ended, or is silent: calls that need it are rejected, all others go on. */
  peerLost(rank: number, isSilent = false): void {
    this.#unreachable.lose(rank, isSilent);
    this.#links.disconnect(rank);
    this.#signals.forget(rank);
    this.#rejectGone(rank);
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

  /** How many frames of this epoch went to each rank; none to one that may never have seen the link. */
  sent(): number[] {
    return this.#ranks().map(rank =>
      this.#unreachable.hasDropped(rank) ? 0 : this.#failures.sentTo(rank)
    );
  }

  /** The calls that wait, oldest first. */
  pending(): PendingCall[] {
    return this.#waits.pending();
  }

  beginCell(): void {
    this.#isCellRunning = true;
    this.#stopped = undefined;
    this.#failures.forget();
  }

  /** @param isStopped its code may still go on: neither its calls that wait nor any further one may meet those of others */
  endCell(isStopped = false): void {
    this.#isCellRunning = false;
    this.#owed = null;
    if (!isStopped) return;
    const stopped = new DecentLabError('INTERRUPTED');
    this.#stopped = stopped;
    this.#waits.reject(
      () => true,
      () => stopped
    );
  }

  close(): void {
    this.#links.close();
  }

  #ranks(): number[] {
    return Array.from({ length: this.#options.size }, (_, rank) => rank);
  }

  /** Without its process a peer's link ends at once; it may also end because one of its ends broke the rules. */
  #linkEnded(rank: number, cause: string, isRefused: boolean): void {
    this.#signals.forget(rank);
    const isSilent = this.#unreachable.break(rank, cause, isRefused);
    this.#rejectGone(rank);
    this.#follower?.onLost(rank);
    if (!isRefused) this.#options.report({ type: isSilent ? 'peer-silent' : 'peer-lost', rank });
  }

  #deliver(arrival: Arrival<HeardWords>): void {
    const { from, epoch, era, stream: kind, number, words, length } = arrival;
    if (length !== words.bytes) {
      throw frameInvalid(`${length} bytes for arrays of ${words.bytes}`);
    }
    if (kind === SIGNALS) return this.#signals.deliver(arrival);
    if (epoch > this.#epoch) return void this.#early.push(arrival);
    if (epoch !== this.#epoch) return this.#links.consume(arrival);
    const { op, signature, name } = words;
    const stream = decodeStream({ stream: kind, number, name });
    if (stream === undefined) throw frameInvalid(`a message of the stream ${kind}`);
    this.#failures.countReceived(from);
    this.counters.received(from, words.arrayBytes);
    this.#inbox(from).deliver({ op, signature, era, stream, arrival }, this.#lastOfAll);
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
    const [said, otherSaid] = [saying(own), saying(theirs)];
    const detail = { rank: this.#options.rank, said, otherRank, otherSaid };
    const reason = { code: 'DISAGREEMENT', detail } as const;
    this.#options.report({ type: 'disagreement', reason, epoch: this.#epoch });
  }

  /** The link did not take a message, or has ended before it had left. */
  #sendFailed(to: number, error: Error): void {
    if (!this.#rejectGone(to))
      this.#waits.reject(
        (_, peer) => peer === to,
        () => error
      );
  }

  /** Rejects what waits for a rank that has no process, or no link in this epoch any more; false if it has both. */
  #rejectGone(rank: number): boolean {
    const toError = this.#unreachable.errorOf(rank);
    if (!toError) return false;
    const isLost = this.#unreachable.isLost(rank);
    this.#waits.reject((call, peer) => peer === rank || (isLost && needs(call, rank)), toError);
    return true;
  }

  #rejectFailed(rank: number): void {
    const error = this.#failures.errorOf(rank);
    if (error === undefined) return;
    this.#waits.reject(
      (_, peer, isMet) => peer === rank && !isMet,
      ({ op: call }) => new DecentLabError('PEER_FAILED', { call, rank, error })
    );
  }
}
