/** The mutexes that one rank holds or has asked for, call by call. */

/** A mutex of a window at one rank, and the number of the request for it. */
export interface Part {
  readonly rank: number;
  readonly id: number;
  readonly window: string;
}

export class Holds {
  readonly #parts = new Map<number, Part[]>();
  #count = 0;

  /** The number of a new hold, without a part yet. */
  open(): number {
    const hold = (this.#count += 1);
    this.#parts.set(hold, []);
    return hold;
  }

  isOpen(hold: number): boolean {
    return this.#parts.has(hold);
  }

  add(hold: number, part: Part): void {
    this.#parts.get(hold)?.push(part);
  }

  /** Ends a hold: the parts to be given back, none if it has ended before. */
  close(hold: number): readonly Part[] {
    const parts = this.#parts.get(hold) ?? [];
    this.#parts.delete(hold);
    return parts;
  }

  /** The numbers of all. */
  all(): number[] {
    return [...this.#parts.keys()];
  }
}
