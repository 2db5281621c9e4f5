/** What a rank's part of a slower network costs, in the words of the simulator. */
import { Link, type LinkShape } from '../../mathematics/graph/link.js';
import type { Costs, EdgeCost } from '../net/shaping/network.js';

export interface ShaperOptions {
  readonly rank: number;
  readonly size: number;
  readonly shape: LinkShape;
}

export class Shaper implements Costs {
  readonly #rank: number;
  readonly #link: Link;
  /** How many times slower the rank's card is in its present call. */
  #slowdown = 1;

  /** @throws VALUE_INVALID for figures that are none */
  constructor({ rank, size, shape }: ShaperOptions) {
    this.#rank = rank;
    this.#link = new Link(size, shape);
    this.beginCall();
  }

  /** Draws whether the rank is slow in the call that begins. */
  beginCall(): void {
    this.#slowdown = this.#link.slowdown(this.#rank);
  }

  cardTime(): number {
    return this.#link.ownDuration(1) * this.#slowdown;
  }

  get worstLatency(): number {
    return this.#link.worstLatency;
  }

  to(peer: number): EdgeCost {
    return this.#edge(this.#rank, peer);
  }

  from(peer: number): EdgeCost {
    return this.#edge(peer, this.#rank);
  }

  /** The time of an edge counts where it is slower than the cards. */
  #edge(from: number, to: number): EdgeCost {
    const time = this.#link.duration(from, to, 1);
    const msPerByte = time > this.#link.ownDuration(1) ? time : 0;
    return { msPerByte, latency: this.#link.latency(from, to) };
  }
}
