/** One direction of a connection: what comes from one socket goes through cards, travels, and leaves by another socket. */
import type { Socket } from 'node:net';

import type { Card, Flow } from './card.js';
import type { Events } from './events.js';

export interface Route {
  /** What it goes through, one behind the other. */
  readonly cards: readonly Card[];
  /** Ms from the last card to the other socket. */
  readonly latency: number;
  /** Bytes that the slowest card lets through in a ms. */
  readonly bytesPerMs: number;
  /** Ms before a chunk of so many bytes was read that its first bit may have come; 0 where it begins here. */
  cameSince(bytes: number): number;
}

interface Passing {
  readonly bytes: number;
  /** When it is through, and has travelled. */
  arrive(): void;
}

/** A chunk keeps a card busy for about so long; others have to wait no longer. */
const CHUNK_MS = 2;
/** A packet, and what a socket reads at once. */
const LEAST_CHUNK = 1_448;
const MOST_CHUNK = 64 << 10;
/** A card never runs dry while this process is busy for less. */
const QUEUE_MS = 100;
const LEAST_QUEUE = 64 << 10;
const MOST_QUEUE = 16 << 20;

export class Pipe {
  readonly #events: Events;
  readonly #route: Route;
  readonly #flows: readonly Flow[];
  readonly #chunkBytes: number;
  readonly #queueBytes: number;
  /** Bytes that were read and have not left. */
  #inside = 0;

  constructor(events: Events, route: Route) {
    const { bytesPerMs, latency, cards } = route;
    this.#events = events;
    this.#route = route;
    this.#flows = cards.map(() => []);
    this.#chunkBytes = clamp(bytesPerMs * CHUNK_MS, LEAST_CHUNK, MOST_CHUNK);
    this.#queueBytes = clamp(bytesPerMs * (QUEUE_MS + 2 * latency), LEAST_QUEUE, MOST_QUEUE);
  }

  /** Carries all that one socket reads to the other, and then its end. */
  connect(from: Socket, to: Socket): void {
    from.on('data', (bytes: Buffer) => {
      this.#inside += bytes.length;
      if (this.#inside > this.#queueBytes) from.pause();
      for (let at = 0; at < bytes.length; at += this.#chunkBytes)
        this.#send(bytes.subarray(at, at + this.#chunkBytes), from, to);
    });
    from.on('close', () => this.#begin({ bytes: 0, arrive: () => void to.end() }));
    // The close that follows tells the story.
    from.on('error', () => undefined);
  }

  #send(bytes: Buffer, from: Socket, to: Socket): void {
    const onWritten = (): void => {
      this.#inside -= bytes.length;
      if (this.#inside <= this.#queueBytes) from.resume();
    };
    this.#begin({ bytes: bytes.length, arrive: () => void to.write(bytes, onWritten) });
  }

  #begin(passing: Passing): void {
    this.#pass(passing, this.#events.now() - this.#route.cameSince(passing.bytes));
  }

  #pass(passing: Passing, began: number, stage = 0): void {
    const { cards, latency } = this.#route;
    if (stage === cards.length) return this.#travel(passing, latency);
    const { bytes } = passing;
    const through = (_: number, began: number): void => this.#pass(passing, began, stage + 1);
    cards[stage].take(this.#flows[stage], { bytes, began, through });
  }

  #travel({ arrive }: Passing, latency: number): void {
    if (latency === 0) return arrive();
    this.#events.at(this.#events.now() + latency, arrive);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.ceil(value)));
}
