/**
 * A network card, or a slow stretch of cable, in virtual time: what lies ready goes through chunk by chunk, the flows
 * taking turns, and each chunk keeps it busy for as long as its bytes take.
 */
import type { Events } from './events.js';

/** A part of what one connection carries, small enough that others need not wait long for it. */
export interface Chunk {
  readonly bytes: number;
  /** When its first bit came: it goes through while it comes, if nothing else does. */
  readonly began: number;
  /** All of it is through, its first bit since `began`. */
  through(at: number, began: number): void;
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
    if (!this.#current) this.#serve(this.#options.events.now());
  }

  #serve(now: number): void {
    const last = this.#current;
    if (last && last.length > 0) this.#turns.push(last);
    this.#current = this.#turns.shift();
    if (!this.#current) return;
    const { events, msPerByte } = this.#options;
    const { bytes, began, through } = this.#current.shift()!;
    const start = Math.max(this.#free, began);
    this.#free = Math.max(start + bytes * msPerByte(), now);
    events.at(this.#free, at => {
      through(at, start);
      this.#serve(at);
    });
  }
}
