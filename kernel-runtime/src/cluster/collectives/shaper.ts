/** When messages arrive over links that are slower than they are: one card a rank, which its messages share. */
import { Link, type LinkShape } from '../../mathematics/graph/link.js';

export interface ShaperOptions {
  readonly rank: number;
  readonly size: number;
  readonly shape: LinkShape;
}

export class Shaper {
  readonly #rank: number;
  readonly #link: Link;
  /** When the card has sent all that was given to it. */
  #freeAt = 0;

  /** @throws VALUE_INVALID for figures that are none */
  constructor({ rank, size, shape }: ShaperOptions) {
    this.#rank = rank;
    this.#link = new Link(size, shape);
  }

  /**
   * Gives a message to the card.
   * @param now in ms, of a clock that does not go back
   * @returns when all of it has arrived, by the same clock
   */
  send(to: number, bytes: number, now: number): number {
    const duration = this.#link.duration(this.#rank, to, bytes) * this.#link.slowdown(this.#rank);
    this.#freeAt = Math.max(now, this.#freeAt) + duration;
    return this.#freeAt + this.#link.latency(this.#rank, to);
  }
}
