/** One direction of a connection through the slower network: in order, through one card behind the other. */
import type { Card, Chunk, Flow } from './card.js';

export class Way {
  readonly #stages: readonly { readonly card: Card; readonly flow: Flow }[];

  constructor(cards: readonly Card[]) {
    this.#stages = cards.map(card => ({ card, flow: [] }));
  }

  /** A chunk begins its way, all of which has come. */
  send(chunk: Chunk): void {
    this.#pass(chunk, 0);
  }

  #pass(chunk: Chunk, stage: number): void {
    const { bytes, onThrough } = chunk;
    const isLast = stage === this.#stages.length - 1;
    const { card, flow } = this.#stages[stage];
    card.take(
      flow,
      isLast
        ? chunk
        : { ...chunk, onThrough: came => this.#pass({ bytes, came, onThrough }, stage + 1) }
    );
  }
}
