/** Tells a client which ranks are done, and what they gave; of a short cell, the end says it all. */
import { atTurnsEnd } from '../net/turn.js';
import type { Payload } from '../protocol/payload.js';

/** In milliseconds. */
const PATIENCE_MS = 20;

/** Ranks that are done, with their values in the same order. */
type Tell = (ranks: number[], values: (Payload | null)[]) => void;

export class RequestProgress {
  readonly #tell: Tell;
  #ranks: number[] = [];
  #values: (Payload | null)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A rank is done. Its value may be large: it goes on at once, together with others that come in this turn. */
  finished(rank: number, value: Payload | null): void {
    this.#ranks.push(rank);
    this.#values.push(value);
    if (!value) this.#timer ??= setTimeout(() => this.#flush(), PATIENCE_MS);
    else if (!this.#isDue) {
      this.#isDue = true;
      atTurnsEnd(() => this.#flush());
    }
  }

  /** All ranks are done: nobody need hear of those that had no value. */
  end(): void {
    if (this.#isDue) this.#flush();
    clearTimeout(this.#timer);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
    if (this.#ranks.length > 0) this.#tell(this.#ranks.splice(0), this.#values.splice(0));
  }
}
