/** Ranks whose cell has failed: nobody need wait for them, once all that they sent before has arrived. */

/** The end of a rank's cell, in words, and the frames that it had sent here before. */
interface Failure {
  readonly error: string;
  readonly sent: number;
}

export class Failures {
  readonly #failures = new Map<number, Failure>();
  /** Frames of this epoch, by the rank they went to or came from. */
  readonly #sent = new Map<number, number>();
  readonly #received = new Map<number, number>();

  /** The cell of a rank has failed, after it had sent so many frames here. */
  add(rank: number, failure: Failure): void {
    this.#failures.set(rank, failure);
  }

  /** The error of a rank from which nothing more can come; undefined while something may. */
  errorOf(rank: number): string | undefined {
    const failure = this.#failures.get(rank);
    const hasAll = failure && (this.#received.get(rank) ?? 0) >= failure.sent;
    return hasAll ? failure.error : undefined;
  }

  countSent(to: number): void {
    this.#sent.set(to, this.sentTo(to) + 1);
  }

  countReceived(from: number): void {
    this.#received.set(from, (this.#received.get(from) ?? 0) + 1);
  }

  /** How many frames of this epoch went to a rank. */
  sentTo(rank: number): number {
    return this.#sent.get(rank) ?? 0;
  }

  /** A new cell: the failures of the last one are over. */
  forget(): void {
    this.#failures.clear();
  }

  /** A new epoch: nothing has been sent in it yet. */
  restart(): void {
    this.#failures.clear();
    this.#sent.clear();
    this.#received.clear();
  }
}
