/**
 * The network of a simulation: links between ranks and calls of all ranks. Unnamed calls meet in order on every link,
 * named ones by name; what cannot meet any more is an error at once, so that nobody waits for ever.
 */
import { DecentLabError } from '../../errors.js';
import type { LeafData } from '../communicator/values.js';

/** One communication call of one rank. */
export interface Call {
  readonly rank: number;
  /** What the rank asked for, e.g. `neighborAllreduce` or `broadcast from rank 0`. */
  readonly op: string;
  readonly signature: string;
  readonly name?: string;
  readonly timeout?: number;
  /** How many unnamed calls of all ranks this rank had entered before; set by the network. */
  era?: number;
}

interface Message {
  call: Call;
  datas: readonly LeafData[];
}

/** A call that waits, and how it ends. */
interface Waiting {
  call: Call;
  /** The ranks it still waits for. */
  on(): number[];
  settle(datas: readonly LeafData[]): void;
  reject(error: Error): void;
}

interface Receiver {
  call: Call;
  settle(datas: readonly LeafData[]): void;
}

interface Link {
  messages: Message[];
  receivers: Receiver[];
}

interface Meeting {
  entries: Map<number, Message>;
  receivers: Receiver[];
}

export type Reduce = (entries: readonly (readonly LeafData[])[]) => readonly LeafData[];

export class Network {
  readonly size: number;
  #links: Map<string, Link>[];
  #meetings = new Map<string, Meeting>();
  #waiting = new Set<Waiting>();
  #eras: number[];
  #ended = new Map<number, string>();
  #failure: Error | undefined;

  constructor(size: number) {
    this.size = size;
    this.#links = Array.from({ length: size }, () => new Map<string, Link>());
    this.#eras = Array.from({ length: size }, () => 0);
  }

  /** Marks the place of a call in the order of its rank. */
  begin(call: Call): void {
    if (this.#failure) throw this.#failure;
    call.era = this.#eras[call.rank];
  }

  /** Sends to one rank. The data are not copied. */
  post(to: number, call: Call, datas: readonly LeafData[]): void {
    if (this.#failure) throw this.#failure;
    const link = this.#link(call, to, call.rank);
    const receiver = link.receivers.shift();
    if (receiver) {
      this.#assertSame(receiver.call, call);
      receiver.settle(datas);
      return;
    }
    const passed = call.name === undefined && this.#eras[to] > call.era!;
    if (passed)
      throw this.#disagree(call, {
        ...call,
        rank: to,
        op: 'a later call of all ranks',
        signature: ''
      });
    link.messages.push({ call, datas });
  }

  /** What one rank sends to this call. */
  receive(from: number, call: Call): Promise<readonly LeafData[]> {
    if (this.#failure) throw this.#failure;
    const link = this.#link(call, call.rank, from);
    const message = link.messages.shift();
    if (message) {
      this.#assertSame(call, message.call);
      return Promise.resolve(message.datas);
    }
    if (call.name === undefined && this.#eras[from] > call.era!) {
      throw this.#disagree(call, { ...call, rank: from, op: 'a call of all ranks', signature: '' });
    }
    return this.#wait(
      call,
      () => [from],
      receiver => link.receivers.push(receiver)
    );
  }

  /** A call of all ranks: once every rank is in, all get their copy of what `reduce` makes of the values by rank. */
  meet(call: Call, datas: readonly LeafData[], reduce: Reduce): Promise<readonly LeafData[]> {
    if (this.#failure) throw this.#failure;
    if (call.name === undefined) this.#enterEra(call);
    const key = call.name ?? `#${call.era}`;
    const meeting: Meeting = this.#meetings.get(key) ?? { entries: new Map(), receivers: [] };
    this.#meetings.set(key, meeting);
    for (const { call: first } of meeting.entries.values()) {
      this.#assertSame(first, call);
      break;
    }
    meeting.entries.set(call.rank, { call, datas });
    const missing = (): number[] => this.#ranks().filter(rank => !meeting.entries.has(rank));
    const result = this.#wait(call, missing, receiver => meeting.receivers.push(receiver));
    if (meeting.entries.size === this.size) this.#close(key, meeting, reduce);
    return result;
  }

  /** A rank's program is over: whoever waits for it waits in vain. */
  end(rank: number, why: string): void {
    this.#ended.set(rank, why);
    for (const waiting of [...this.#waiting]) this.#rejectIfEnded(waiting);
  }

  #close(key: string, meeting: Meeting, reduce: Reduce): void {
    this.#meetings.delete(key);
    let result: readonly LeafData[];
    try {
      result = reduce(this.#ranks().map(rank => meeting.entries.get(rank)!.datas));
    } catch (error) {
      throw this.#fail(error as Error);
    }
    for (const receiver of meeting.receivers) receiver.settle(result.map(data => data.slice()));
  }

  /** After an unnamed call of all ranks, nothing from before it can be received or sent any more. */
  #enterEra(call: Call): void {
    const { rank } = call;
    this.#eras[rank] += 1;
    for (const [key, { messages }] of this.#links[rank]) {
      if (isUnnamed(key) && messages.length > 0) throw this.#disagree(messages[0].call, call);
    }
    for (const { call: other, on } of this.#waiting) {
      if (
        other.name === undefined &&
        other.era! <= call.era! &&
        !isMeeting(other) &&
        on().includes(rank)
      ) {
        throw this.#disagree(other, call);
      }
    }
  }

  #wait(
    call: Call,
    on: () => number[],
    enlist: (receiver: Receiver) => void
  ): Promise<readonly LeafData[]> {
    const promise = new Promise<readonly LeafData[]>((resolve, reject) => {
      let clock: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(clock);
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        call,
        on,
        settle: datas => (done(), resolve(datas)),
        reject: error => (done(), reject(error))
      };
      this.#waiting.add(waiting);
      enlist(waiting);
      if (call.timeout !== undefined) clock = setTimeout(() => this.#giveUp(waiting), call.timeout);
      this.#rejectIfEnded(waiting);
    });
    // A program that dropped this promise must not end the process; whoever awaits it still gets the error.
    promise.catch(() => undefined);
    return promise;
  }

  #giveUp(waiting: Waiting): void {
    const { op, timeout } = waiting.call;
    waiting.reject(
      new DecentLabError('CALL_TIMEOUT', { call: op, rank: waiting.on()[0], limit: timeout })
    );
  }

  #rejectIfEnded(waiting: Waiting): void {
    if (this.#ended.size === 0) return;
    const rank = waiting.on().find(other => this.#ended.has(other));
    if (rank === undefined) return;
    const { op: call, rank: receiver } = waiting.call;
    const detail = { call: `${call} on rank ${receiver}`, rank, error: this.#ended.get(rank) };
    waiting.reject(new DecentLabError('PEER_FAILED', detail));
  }

  #assertSame(a: Call, b: Call): void {
    if (a.op !== b.op || a.signature !== b.signature) throw this.#disagree(a, b);
  }

  #disagree(a: Call, b: Call): Error {
    const detail = { rank: a.rank, said: saying(a), otherRank: b.rank, otherSaid: saying(b) };
    return this.#fail(new DecentLabError('DISAGREEMENT', detail));
  }

  /** Ends the simulation: every call that waits, and every later one, gets the same error. */
  #fail(error: Error): Error {
    this.#failure ??= error;
    for (const waiting of [...this.#waiting]) waiting.reject(this.#failure);
    return this.#failure;
  }

  #link(call: Call, to: number, from: number): Link {
    const key = `${from}:${call.name ?? ''}`;
    let link = this.#links[to].get(key);
    if (!link) this.#links[to].set(key, (link = { messages: [], receivers: [] }));
    return link;
  }

  #ranks(): number[] {
    return Array.from({ length: this.size }, (_, rank) => rank);
  }
}

const isUnnamed = (key: string): boolean => key.endsWith(':');
const isMeeting = (call: Call): boolean => call.op !== 'neighborAllreduce';
const saying = ({ op, signature }: Call): string =>
  `called ${op}${signature ? ` with ${signature}` : ''}`;
