/**
 * Simulated time: one clock a rank, moved by computing and by messages. A node has one network card, which sends
 * and receives at the same time; the messages of one call share it, a later call's wait for it. Times follow from the calls alone and not
 * from the order in which this process happens to run the ranks.
 */
import { Link, type LinkOptions } from '../graph/link.js';

/** A message under way. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  /** When its first bit reaches the receiver, in ms. */
  readonly arrives: number;
  /** When its last bit can have reached it at the earliest. */
  readonly ends: number;
  readonly bytes: number;
}

/** What a simulation has taken, all times in simulated ms. */
export interface SimulatedTime {
  /** Until the last rank ended. */
  readonly total: number;
  /** By rank: until it ended, of that computing, and the bytes that it sent. */
  readonly ranks: Float64Array;
  readonly computing: Float64Array;
  readonly bytes: Float64Array;
}

export class Clock {
  readonly link: Link;
  readonly size: number;
  /** By rank: now. */
  readonly now: Float64Array;
  readonly #computing: Float64Array;
  readonly #bytes: Float64Array;
  /** By rank: when its card is free to send, and to receive. */
  readonly #sendsFrom: Float64Array;
  readonly #receivesFrom: Float64Array;
  /** By rank: how much slower it is in its current call. */
  readonly #slowdown: Float64Array;

  constructor(size: number, options: LinkOptions = {}) {
    this.link = new Link(size, options);
    this.size = size;
    this.now = new Float64Array(size);
    this.#computing = new Float64Array(size);
    this.#bytes = new Float64Array(size);
    this.#sendsFrom = new Float64Array(size);
    this.#receivesFrom = new Float64Array(size);
    this.#slowdown = new Float64Array(size).fill(1);
  }

  /** `rank` computes for so many ms, longer if it is a straggler. */
  compute(rank: number, ms: number): void {
    const taken = ms * this.link.slowdown(rank);
    this.now[rank] += taken;
    this.#computing[rank] += taken;
  }

  /** `rank` enters a call: draws whether it is slow this time, and returns when it can send at the earliest. */
  enter(rank: number): number {
    this.#slowdown[rank] = this.link.slowdown(rank);
    return this.now[rank] + this.link.overhead * this.#slowdown[rank];
  }

  /** `rank` goes on after a call that ended then. */
  leave(rank: number, ended: number): void {
    if (ended > this.now[rank]) this.now[rank] = ended;
  }

  /**
   * Sends messages of so many bytes each, as soon as the sender's card is free after `at`. They share it, as the streams
   * of a real card do: all begin at once, and the last bit of each is sent when that of all is.
   */
  send(
    from: number,
    destinations: readonly number[],
    { bytes, at }: { bytes: number; at: number }
  ): Passage[] {
    const { link } = this;
    const slowdown = this.#slowdown[from];
    const begins = Math.max(at, this.#sendsFrom[from]);
    let lasts = 0;
    for (const to of destinations) lasts += link.duration(from, to, bytes) * slowdown;
    this.#sendsFrom[from] = begins + lasts;
    this.#bytes[from] += bytes * destinations.length;
    return destinations.map(to => {
      const arrives = begins + link.latency(from, to);
      return { from, to, bytes, arrives, ends: arrives + lasts };
    });
  }

  /** Every one of these ranks sends its bytes to every other over free links: all have everything once the last has begun. */
  shareAtOnce(
    starts: Float64Array,
    { bytesOf, ranks }: { bytesOf: (rank: number) => number; ranks: readonly number[] }
  ): Float64Array {
    const end = Math.max(...ranks.map(rank => starts[rank]));
    const ends = starts.slice();
    for (const rank of ranks) {
      ends[rank] = end;
      this.#bytes[rank] += bytesOf(rank) * (ranks.length - 1);
    }
    return ends;
  }

  /** When a rank that began to wait at `at` has received these messages, which it takes as they arrive, ties by rank. */
  receive(rank: number, passages: readonly Passage[], at: number): number {
    const inOrder =
      passages.length < 2 || this.link.isFree
        ? passages
        : [...passages].sort((a, b) => a.arrives - b.arrives || a.from - b.from);
    let received = at;
    for (const { arrives, ends, bytes } of inOrder) {
      const begins = Math.max(arrives, this.#receivesFrom[rank]);
      this.#receivesFrom[rank] = begins + this.link.ownDuration(bytes) * this.#slowdown[rank];
      received = Math.max(received, this.#receivesFrom[rank], ends);
    }
    return received;
  }

  /** When the card of this rank has sent everything so far. */
  sent(rank: number): number {
    return this.#sendsFrom[rank];
  }

  /** What has been taken so far. */
  taken(): SimulatedTime {
    const { now: ranks } = this;
    return {
      total: Math.max(...ranks),
      ranks: ranks.slice(),
      computing: this.#computing.slice(),
      bytes: this.#bytes.slice()
    };
  }
}
