/** Clients that watch the engines, and what the engines are told of it: they measure only while somebody looks. */
import type { WatchRequest } from '../protocol/client-messages.js';
import type { WatchMessage } from '../protocol/engine-messages.js';
import { allWanted, type EngineStats, type Wanted } from '../protocol/stats.js';
import type { Client } from './clients.js';
import type { Engine, Registry } from './registry.js';

const nothingBeside: Wanted = { variables: [], isTimed: false };

export class Watchers {
  readonly #registry: Registry;
  readonly #watchers = new Map<Client, WatchRequest>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** What a client wants to see from now on; null ends it. */
  set(client: Client, request: WatchRequest | null): void {
    const wasWatched = this.#watchers.delete(client);
    if (request) this.#watchers.set(client, request);
    if (!wasWatched && !request) return;
    for (const engine of this.#registry.alive) this.tell(engine);
  }

  /** Tells an engine whether somebody watches. */
  tell(engine: Engine): void {
    engine.send(this.#message());
  }

  /** What an engine has told goes to all who watch. */
  pass(rank: number, stats: EngineStats): void {
    for (const client of this.#watchers.keys()) client.send({ type: 'stats', rank, stats });
  }

  #message(): WatchMessage {
    const wanted = [...this.#watchers.values()].map(request => request.wanted ?? nothingBeside);
    return { type: 'watch', isOn: this.#watchers.size > 0, wanted: allWanted(wanted) };
  }
}
