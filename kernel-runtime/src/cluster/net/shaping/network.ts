/**
 * The network as one rank would see it if it were slower than it is. All connections of the rank share its card, each way;
 * the end that dials also imposes what the edge itself costs. So both cards and the edge count, whoever dials, and what
 * does not get through pushes back as it does on a real network.
 */
import type { OnReadOpts, Socket } from 'node:net';

import { connectPlain, type Place } from '../websocket.js';
import { AHEAD_BYTES, type Wire } from '../wire.js';
import { Card } from './card.js';
import { Events, RealClock } from './events.js';
import { SlowStream, type Route } from './slow-stream.js';

/** What one way of an edge costs. */
export interface EdgeCost {
  /** Ms that a byte takes; 0 where the cards are slower. */
  readonly msPerByte: number;
  readonly latency: number;
}

/** What a rank's part of the network costs. */
export interface Costs {
  /** Ms that a byte takes through the rank's card, each way, as it is now. */
  cardTime(): number;
  /** What is sent to a rank, and what comes from it, on the edge alone. */
  to(peer: number): EdgeCost;
  from(peer: number): EdgeCost;
  /** The greatest latency of any edge. */
  readonly worstLatency: number;
}

interface Routes {
  readonly out: Route;
  readonly into: Route;
}

/** A chunk keeps a card busy for about so long; others have to wait no longer. */
const CHUNK_MS = 4;
/** A packet, and half of what links send at once. */
const LEAST_CHUNK = 1_448;
const MOST_CHUNK = 512 << 10;
/** The sending card never runs dry while this process is busy for less; what lies ready costs no memory. */
const AHEAD_MS = 400;
const MOST_AHEAD = 64 << 20;
/** What has come and waits for the receiving card. */
const QUEUE_MS = 100;
const LEAST_QUEUE = 64 << 10;
const MOST_QUEUE = 16 << 20;
const FREE: EdgeCost = { msPerByte: 0, latency: 0 };

export class Network implements Wire {
  readonly #costs: Costs;
  readonly #events = new Events(new RealClock());
  readonly #sending: Card;
  readonly #receiving: Card;
  /** By peer: what all connections of an edge share. */
  readonly #edges = new Map<number, Routes>();
  readonly #streams = new Set<SlowStream>();

  constructor(costs: Costs) {
    this.#costs = costs;
    this.#sending = this.#card(() => costs.cardTime());
    this.#receiving = this.#card(() => costs.cardTime());
  }

  get ahead(): number {
    return clamp(AHEAD_MS / this.#costs.cardTime(), AHEAD_BYTES, MOST_AHEAD);
  }

  dial(peer: number, place: Place, reading?: OnReadOpts): SlowStream {
    return this.#join(connectPlain(place), this.#routesWith(peer), reading);
  }

  accept(socket: Socket): SlowStream {
    return this.#join(socket, {
      out: this.#route([this.#sending]),
      into: this.#route([this.#receiving])
    });
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#events.close();
  }

  #join(raw: Socket, routes: Routes, reading?: OnReadOpts): SlowStream {
    const stream = new SlowStream({ raw, reading, events: this.#events, ...routes });
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  #routesWith(peer: number): Routes {
    const known = this.#edges.get(peer);
    if (known) return known;
    const [to, from] = [this.#costs.to(peer), this.#costs.from(peer)];
    const routes = {
      out: this.#route([this.#sending, ...this.#edge(to)], to),
      into: this.#route([...this.#edge(from), this.#receiving], from)
    };
    this.#edges.set(peer, routes);
    return routes;
  }

  #route(cards: readonly Card[], { msPerByte, latency } = FREE): Route {
    const bytesPerMs = 1 / Math.max(msPerByte, this.#costs.cardTime());
    const waitMs = QUEUE_MS + 2 * this.#costs.worstLatency;
    return {
      ...{ cards, latency },
      chunkBytes: clamp(bytesPerMs * CHUNK_MS, LEAST_CHUNK, MOST_CHUNK),
      queueBytes: clamp(bytesPerMs * waitMs, LEAST_QUEUE, MOST_QUEUE)
    };
  }

  /** Nothing, if the cards are slower anyway. */
  #edge({ msPerByte }: EdgeCost): Card[] {
    return msPerByte === 0 ? [] : [this.#card(() => msPerByte)];
  }

  #card(msPerByte: () => number): Card {
    return new Card({ events: this.#events, msPerByte });
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.ceil(value)));
}
