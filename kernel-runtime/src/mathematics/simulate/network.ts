/**
 * The network of a simulation: links between ranks and calls of all ranks. Unnamed calls meet in order on every link,
 * named ones by name; what cannot meet any more is an error at once, so that nobody waits for ever.
 */
import { DecentLabError } from '../../errors.js';
import type { Gate } from '../communicator/gate.js';
import { startTimeLimit } from '../communicator/time-limit.js';
import type { ExchangePlan } from '../communicator/weights.js';
import {
  saying,
  suspendedIn,
  waitingIn,
  type Arrays,
  type Call,
  type Ended,
  type Parcel
} from './calls.js';
import type { Clock } from './clock.js';
import { Lanes } from './lanes.js';
import type { Times } from './patterns.js';
import { PendingExchange, PendingMeeting, type Finish, type Pending } from './pending.js';
import { WindowNetwork } from './windows.js';

/** One exchange of one rank with some others. */
export interface Exchange {
  readonly plan: ExchangePlan;
  /** What goes to the destinations of the plan, in their order. */
  readonly sends: readonly Arrays[];
  readonly finish: Finish;
}

/** What one rank brings to a call of all ranks. */
export interface Entry {
  readonly datas: Arrays;
  /** With whom it wants to exchange. */
  readonly plan?: ExchangePlan;
}

/** A call of all ranks. */
export interface Assembly extends Entry {
  /** The results by rank, from what all ranks have brought. */
  reduce(entries: readonly Entry[]): (rank: number) => Arrays;
  /** When each rank has the result. */
  ends(clock: Clock, starts: Times, entries: readonly Entry[]): Times;
}

/** A call on its way: its result, and the messages it has sent. */
export interface Underway {
  readonly ended: Promise<Ended>;
  readonly sent: readonly Parcel[];
}

interface Meeting {
  readonly entries: Map<number, { readonly call: Call; readonly entry: Entry }>;
  readonly pending: Pending[];
}

export class Network {
  readonly size: number;
  readonly clock: Clock;
  /** By receiver. */
  #lanes: Lanes[];
  /** By name, or by number where they have none; those of one name in the order of their calls. */
  #meetings = new Map<string, Meeting[]>();
  #pending = new Set<Pending>();
  /** By rank: the exchanges that wait for it. */
  #waitingFor: Set<PendingExchange>[];
  #eras: number[];
  /** By rank; of a rank whose program has begun. */
  #gates: Gate[] = [];
  #ended = new Map<number, string>();
  #failure: Error | undefined;
  #events = 0;
  #windows: WindowNetwork | undefined;
  readonly #seed: number;

  /** @param seed draws the order of one-sided calls at the same time. Defaults to 0 */
  constructor(size: number, clock: Clock, seed = 0) {
    this.size = size;
    this.clock = clock;
    this.#seed = seed;
    this.#lanes = Array.from({ length: size }, () => new Lanes());
    this.#waitingFor = Array.from({ length: size }, () => new Set<PendingExchange>());
    this.#eras = Array.from({ length: size }, () => 0);
  }

  /** A number that changes whenever a call begins, proceeds or ends. */
  get events(): number {
    return this.#events;
  }

  /** The windows of all ranks. */
  get windows(): WindowNetwork {
    return (this.#windows ??= new WindowNetwork(this, this.#seed));
  }

  /** Something has happened. */
  proceed(): void {
    this.#events += 1;
  }

  /** Marks the place of a call in the order of its rank. */
  begin(call: Call): void {
    if (this.#failure) throw this.#failure;
    call.era = this.#eras[call.rank];
    call.at = this.clock.enter(call.rank);
  }

  /** Sends the arrays, which are not copied before `seal`, and waits for those of the sources. */
  exchange(call: Call, { plan, sends, finish }: Exchange): Underway {
    const destinations = plan.destinations.map(([to]) => to);
    const bytes = sends.length === 0 ? 0 : this.bytesOf(sends[0]);
    const passages = this.clock.send(call.rank, destinations, { bytes, at: call.at! });
    const sent = passages.map((passage, k) =>
      this.#post({ call, passage, datas: sends[k], isRead: false })
    );
    const pending = new PendingExchange(call, { plan, finish, sent, clock: this.clock });
    plan.sources.forEach(([from], place) => this.#take(from, pending, place));
    pending.endIfComplete();
    if (!pending.isOver) this.#waitForRanks(pending);
    return pending;
  }

  /** Copies what nobody has read yet: from here on, the sender may change its arrays. */
  seal(sent: readonly Parcel[]): void {
    const unread = sent.filter(parcel => !parcel.isRead);
    if (unread.length === 0) return;
    const copies = new Map<Arrays, Arrays>();
    for (const parcel of unread) {
      const { datas } = parcel;
      const copy = copies.get(datas) ?? datas.map(data => data.slice());
      copies.set(datas, copy);
      parcel.datas = copy;
    }
  }

  /** A call of all ranks: once every rank is in, all get their copy of what `reduce` makes of the values by rank. */
  meet(call: Call, assembly: Assembly): Underway {
    if (this.#failure) throw this.#failure;
    if (call.name === undefined) this.#enterEra(call);
    const key = call.name === undefined ? `#${call.era}` : `=${call.name}`;
    const meeting = this.#meeting(key, call.rank);
    for (const { call: first } of meeting.entries.values()) {
      this.#assertSame(first, call);
      break;
    }
    const { datas, plan } = assembly;
    meeting.entries.set(call.rank, { call, entry: plan ? { datas, plan } : { datas } });
    const pending = new PendingMeeting(call, meeting.entries, this.size);
    meeting.pending.push(pending);
    this.#waitForRanks(pending);
    if (meeting.entries.size === this.size) this.#close(key, meeting, assembly);
    return { ended: pending.ended, sent: [] };
  }

  /** A rank's program is over: whoever waits for it waits in vain. */
  end(rank: number, why: string): void {
    this.#events += 1;
    this.#windows?.hosts[rank].endCell();
    this.#ended.set(rank, why);
    for (const pending of [...this.#waitingFor[rank]]) this.#rejectIfEnded(pending);
    for (const { entries, pending } of [...this.#meetings.values()].flat()) {
      if (!entries.has(rank)) for (const one of pending) this.#rejectIfEnded(one);
    }
  }

  /** Learns of the calls that `rank` holds back while it is suspended. */
  watchGate(rank: number, gate: Gate): void {
    this.#gates[rank] = gate;
  }

  /** Fails with DEADLOCK if every rank that has not ended waits in a call; for a time in which nothing happened. */
  failIfStuck(): void {
    if (this.#windows && this.#windows.agenda.size > 0) return;
    const stuck = new Map(
      [...this.#pending].map(one => [one.call.rank, waitingIn(one.call, one.on())])
    );
    this.#gates.forEach(({ waiting: [held] }, rank) => {
      if (held) stuck.set(rank, suspendedIn(rank, held));
    });
    if (stuck.size === 0 || stuck.size + this.#ended.size < this.size) return;
    this.#fail(new DecentLabError('DEADLOCK', { waits: someOf([...stuck.values()]) }));
  }

  /** How many bytes the cost model counts. */
  bytesOf(datas: Arrays): number {
    const { payload } = this.clock.link;
    return payload ?? datas.reduce((bytes, data) => bytes + data.byteLength, 0);
  }

  #post(parcel: Parcel): Parcel {
    if (this.#failure) throw this.#failure;
    this.#events += 1;
    const { call } = parcel;
    const { to } = parcel.passage;
    const receiver = this.#lanes[to].nextReceiver(call.rank, call);
    if (receiver) {
      const { pending, place } = receiver;
      this.#assertSame(pending.call, call);
      this.#waitingFor[call.rank].delete(pending);
      pending.take(place, parcel);
      pending.endIfComplete();
      return parcel;
    }
    const passed = call.name === undefined && this.#eras[to] > call.era!;
    if (passed) throw this.#tooLate(call, to, 'a later call of all ranks');
    this.#lanes[to].keep(parcel);
    return parcel;
  }

  /** Takes what the source has sent already, or has it handed over when it comes. */
  #take(from: number, pending: PendingExchange, place: number): void {
    if (this.#failure) throw this.#failure;
    const { call } = pending;
    const lanes = this.#lanes[call.rank];
    const parcel = lanes.nextParcel(from, call);
    if (parcel) {
      this.#assertSame(call, parcel.call);
      pending.take(place, parcel);
      return;
    }
    if (call.name === undefined && this.#eras[from] > call.era!) {
      throw this.#tooLate(call, from, 'a call of all ranks');
    }
    lanes.enlist(from, { pending, place });
    this.#waitingFor[from].add(pending);
  }

  /** The k-th call of a name meets the k-th calls of that name on the other ranks. */
  #meeting(key: string, rank: number): Meeting {
    const meetings = this.#meetings.get(key) ?? [];
    this.#meetings.set(key, meetings);
    const begun = meetings.find(({ entries }) => !entries.has(rank));
    if (begun) return begun;
    const meeting: Meeting = { entries: new Map(), pending: [] };
    meetings.push(meeting);
    return meeting;
  }

  /** Of the calls of a name, the first is complete first. */
  #remove(key: string): void {
    const meetings = this.#meetings.get(key)!;
    meetings.shift();
    if (meetings.length === 0) this.#meetings.delete(key);
  }

  #close(key: string, meeting: Meeting, { reduce, ends }: Assembly): void {
    this.#remove(key);
    const calls = this.#ranks().map(rank => meeting.entries.get(rank)!);
    const entries = calls.map(({ entry }) => entry);
    let resultOf: (rank: number) => Arrays;
    try {
      resultOf = reduce(entries);
    } catch (error) {
      throw this.#fail(error as Error);
    }
    const starts = Float64Array.from(calls, ({ call }) => call.at!);
    const times = ends(this.clock, starts, entries);
    for (const pending of meeting.pending) {
      if (pending.isOver) continue;
      const { rank } = pending.call;
      pending.settle({ datas: resultOf(rank).map(data => data.slice()), at: times[rank] });
    }
  }

  /** After an unnamed call of all ranks, nothing from before it can be received or sent any more. */
  #enterEra(call: Call): void {
    const { rank } = call;
    this.#eras[rank] += 1;
    const unread = this.#lanes[rank].unread();
    if (unread) throw this.#disagree(unread.call, call);
    for (const { call: other } of this.#waitingFor[rank]) {
      if (other.name === undefined && other.era! <= call.era!) throw this.#disagree(other, call);
    }
  }

  /** A call waits from now on, until it is over. */
  wait(pending: Pending): void {
    this.#events += 1;
    this.#pending.add(pending);
    const limit = startTimeLimit(pending.call.timeout, () => giveUp(pending));
    pending.onOver = () => {
      this.#events += 1;
      clearTimeout(limit);
      this.#pending.delete(pending);
      if (!(pending instanceof PendingExchange)) return;
      for (const rank of pending.on()) this.#waitingFor[rank].delete(pending);
    };
  }

  /** A call that ends only by calls of other ranks. */
  #waitForRanks(pending: Pending): void {
    this.wait(pending);
    this.#rejectIfEnded(pending);
  }

  #rejectIfEnded(pending: Pending): void {
    if (this.#ended.size === 0) return;
    const rank = pending.on().find(other => this.#ended.has(other));
    if (rank === undefined) return;
    const { op: call, rank: receiver } = pending.call;
    const detail = { call: `${call} on rank ${receiver}`, rank, error: this.#ended.get(rank) };
    pending.reject(new DecentLabError('PEER_FAILED', detail));
  }

  #assertSame(a: Call, b: Call): void {
    if (a.op !== b.op || a.signature !== b.signature) throw this.#disagree(a, b);
  }

  #tooLate(call: Call, rank: number, op: string): Error {
    return this.#disagree(call, { ...call, rank, op, signature: '' });
  }

  #disagree(a: Call, b: Call): Error {
    const detail = { rank: a.rank, said: saying(a), otherRank: b.rank, otherSaid: saying(b) };
    return this.#fail(new DecentLabError('DISAGREEMENT', detail));
  }

  /** Ends the simulation: every call that waits, and every later one, gets the same error. */
  #fail(error: Error): Error {
    this.#failure ??= error;
    for (const pending of [...this.#pending]) pending.reject(this.#failure);
    for (const gate of this.#gates) gate?.reject(this.#failure);
    return this.#failure;
  }

  #ranks(): number[] {
    return Array.from({ length: this.size }, (_, rank) => rank);
  }
}

function giveUp(pending: Pending): void {
  const { op, timeout } = pending.call;
  pending.reject(
    new DecentLabError('CALL_TIMEOUT', { call: op, rank: pending.on()[0], limit: timeout })
  );
}

/** Of the many ranks that may wait, a few tell the story. */
function someOf(words: readonly string[], most = 6): string {
  const rest = words.length - most;
  return words.slice(0, most).join('; ') + (rest > 0 ? `; and ${rest} more ranks wait` : '');
}
