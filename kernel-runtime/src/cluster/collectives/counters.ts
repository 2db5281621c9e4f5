/** Bytes by peer, for those who watch the links. */
import type { LeafData } from '../../mathematics/communicator/values.js';

/** What has passed between this rank and one other. */
export interface PeerCount {
  readonly rank: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export class Counters {
  readonly #peers = new Map<number, { sentBytes: number; receivedBytes: number }>();

  /** Bytes have gone to a rank. */
  sent(rank: number, bytes: number): void {
    this.#of(rank).sentBytes += bytes;
  }

  /** Bytes have come from a rank. */
  received(rank: number, bytes: number): void {
    this.#of(rank).receivedBytes += bytes;
  }

  /** The counts of all peers so far, by rank. */
  list(): PeerCount[] {
    return [...this.#peers]
      .map(([rank, count]) => ({ rank, ...count }))
      .sort((a, b) => a.rank - b.rank);
  }

  #of(rank: number): { sentBytes: number; receivedBytes: number } {
    const known = this.#peers.get(rank) ?? { sentBytes: 0, receivedBytes: 0 };
    this.#peers.set(rank, known);
    return known;
  }
}

/** The bytes of the arrays of a frame. */
export function frameBytes(arrays: readonly LeafData[]): number {
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
