/**
 * A network card, or a slow stretch of cable, in virtual time: what lies ready goes through chunk by chunk, the flows
 * taking turns, and each chunk keeps it busy for as long as its bytes take. A card that always has something to do lets
 * the next chunk through when it has done with the last one, however late this process is: only true idleness is lost.
 */
import type { Events } from './events.js';

/** When the first bit of something was somewhere, and the last one. */
export interface Passage {
  readonly began: number;
  readonly ended: number;
}

/** A part of what one connection carries, small enough that others need not wait long for it. */
export interface Chunk {
  readonly bytes: number;
  /** When it came: it goes through while it comes, if nothing else does. */
  readonly came: Passage;
  /** It is through. */
  onThrough(went: Passage): void;
}

/** What must stay in order: the chunks of one connection, one way. */
export type Flow = Chunk[];

export interface CardOptions {
  readonly events: Events;
  /** Ms that a byte takes now. */
  msPerByte(): number;
}

export class Card {
  readonly #options: CardOptions;
  /** Flows with chunks, in turn. */
  readonly #turns: Flow[] = [];
  /** Whose chunk goes through now. */
  #current: Flow | undefined;
  /** When the last chunk was through. */
  #free = -Infinity;

  constructor(options: CardOptions) {
    this.#options = options;
  }

  /** A chunk of a flow has come, all of it. */
  take(flow: Flow, chunk: Chunk): void {
    if (flow.push(chunk) === 1 && flow !== this.#current) this.#turns.push(flow);
    if (!this.#current) this.#serve();
  }

  #serve(): void {
    const last = this.#current;
    if (last && last.length > 0) this.#turns.push(last);
    this.#current = this.#turns.shift();
    if (!this.#current) return;
    const { events, msPerByte } = this.#options;
    const { bytes, came, onThrough } = this.#current.shift()!;
    const began = Math.max(this.#free, came.began);
    const ended = Math.max(began + bytes * msPerByte(), came.ended);
    this.#free = ended;
    events.at(ended, () => {
      onThrough({ began, ended });
      this.#serve();
    });
  }
}
