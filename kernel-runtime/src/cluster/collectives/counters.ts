/** What has passed between this rank and each other, and how long calls have waited, for those who watch the links. */
import type { LeafData } from '../../mathematics/communicator/values.js';

/** One edge since the engine began, both ways. */
export interface PeerCount {
  readonly rank: number;
  /** Of arrays, without heads: a barrier sends messages of no bytes. */
  readonly sentBytes: number;
  readonly sentMessages: number;
  readonly receivedBytes: number;
  readonly receivedMessages: number;
  /** Milliseconds that calls of this rank have waited for that one, to receive or to send; each wait is counted. */
  readonly waitedMs: number;
}

type Count = { -readonly [Name in Exclude<keyof PeerCount, 'rank'>]: number };

export class Counters {
  readonly #peers = new Map<number, Count>();

  /** A message has gone to a rank. */
  sent(rank: number, bytes: number): void {
    const count = this.#of(rank);
    count.sentBytes += bytes;
    count.sentMessages += 1;
  }

  /** A message has come from a rank. */
  received(rank: number, bytes: number): void {
    const count = this.#of(rank);
    count.receivedBytes += bytes;
    count.receivedMessages += 1;
  }

  /** A call has waited for a rank. */
  waited(rank: number, ms: number): void {
    this.#of(rank).waitedMs += ms;
  }

  /** The counts of all peers so far, by rank. */
  list(): PeerCount[] {
    return [...this.#peers]
      .map(([rank, count]) => ({ rank, ...count }))
      .sort((a, b) => a.rank - b.rank);
  }

  #of(rank: number): Count {
    let known = this.#peers.get(rank);
    if (!known) {
      known = {
        sentBytes: 0,
        sentMessages: 0,
        receivedBytes: 0,
        receivedMessages: 0,
        waitedMs: 0
      };
      this.#peers.set(rank, known);
    }
    return known;
  }
}

/** The bytes of the arrays of a frame. */
export function frameBytes(arrays: readonly LeafData[]): number {
  let bytes = 0;
  for (const { byteLength } of arrays) bytes += byteLength;
  return bytes;
}
