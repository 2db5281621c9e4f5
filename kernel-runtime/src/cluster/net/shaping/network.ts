/**
 * The network as one rank would see it if it were slower than it is. All connections of the rank lead through here: what
 * it dials goes through a socket of this process's own, and what dials it comes in by the public one. Their bytes pass the
 * rank's card, shared by all connections, each way; the end that dials also imposes what the edge itself costs. So both
 * cards and the edge count, whoever dials, and sockets push back as they do on a real network.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

import { connectPlain, type Place } from '../websocket.js';
import { Card } from './card.js';
import { Events, RealClock, type Clock } from './events.js';
import { Pipe, type Route } from './pipe.js';

/** What one way of an edge costs. */
export interface EdgeCost {
  /** Ms that a byte takes. */
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
}

interface Routes {
  readonly out: Route;
  readonly into: Route;
}

/** Processes that are busy for so long lose nothing: what comes late may pass at once. */
const LATE_MS = 5;
const FREE: EdgeCost = { msPerByte: 0, latency: 0 };

export class Network {
  readonly #costs: Costs;
  readonly #events: Events;
  readonly #sending: Card;
  readonly #receiving: Card;
  readonly #servers = new Set<Server>();
  readonly #sockets = new Set<Socket>();
  readonly #ways = new Set<string>();

  constructor(costs: Costs, clock: Clock = new RealClock()) {
    this.#costs = costs;
    this.#events = new Events(clock);
    const msPerByte = (): number => costs.cardTime();
    this.#sending = new Card({ events: this.#events, msPerByte });
    this.#receiving = new Card({ events: this.#events, msPerByte });
  }

  /**
   * Has a socket lead to a peer.
   * @param way the address of the socket, one for each peer
   * @param placeOf where the peer listens, asked at each dial
   * @returns `way`, where one may dial from now on
   */
  lead(peer: number, way: string, placeOf: () => Place): string {
    if (this.#ways.has(way)) return way;
    this.#ways.add(way);
    const routes = this.#routesWith(peer);
    const server = this.#serve(near => {
      const far = this.#keep(connectPlain(placeOf()));
      this.#join({ near, far, ...routes });
    });
    // It listens as soon as this has returned; an engine that was killed has left its socket.
    rmSync(way, { force: true });
    server.listen(way);
    return way;
  }

  /** Listens for peers at `place`, and leads them to the socket at `inner`. @returns the place, its port being known */
  async listen(place: Place, inner: Place): Promise<Place> {
    const routes = { out: this.#out([this.#sending]), into: this.#into([this.#receiving]) };
    const server = this.#serve(far => {
      const near = this.#keep(connectPlain(inner));
      this.#join({ near, far, ...routes });
    });
    if (typeof place === 'string') rmSync(place, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(typeof place === 'string' ? { path: place } : place, resolve);
    });
    const bound = server.address();
    return typeof place === 'string' || bound === null || typeof bound === 'string'
      ? place
      : { ...place, port: bound.port };
  }

  close(): void {
    this.#events.close();
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(onSocket: (socket: Socket) => void): Server {
    const server = createServer({ noDelay: true }, socket => onSocket(this.#keep(socket)));
    this.#servers.add(server);
    return server;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('close', () => this.#sockets.delete(socket));
  }

  #join({ near, far, out, into }: Routes & { near: Socket; far: Socket }): void {
    new Pipe(this.#events, out).connect(near, far);
    new Pipe(this.#events, into).connect(far, near);
  }

  #routesWith(peer: number): Routes {
    const [to, from] = [this.#costs.to(peer), this.#costs.from(peer)];
    return {
      out: this.#out([this.#sending, ...this.#edge(to)], to),
      into: this.#into([...this.#edge(from), this.#receiving], from)
    };
  }

  /** What all connections of an edge share, one way; nothing, if the cards are slower anyway. */
  #edge({ msPerByte }: EdgeCost): Card[] {
    if (msPerByte === 0) return [];
    return [new Card({ events: this.#events, msPerByte: () => msPerByte })];
  }

  #out(cards: readonly Card[], { msPerByte, latency } = FREE): Route {
    const bytesPerMs = 1 / Math.max(msPerByte, this.#costs.cardTime());
    return { cards, latency, bytesPerMs, cameSince: () => 0 };
  }

  /** What comes has gone through a card of the same kind. */
  #into(cards: readonly Card[], edge = FREE): Route {
    const cameSince = (bytes: number): number => LATE_MS + bytes * this.#costs.cardTime();
    return { ...this.#out(cards, edge), cameSince };
  }
}
