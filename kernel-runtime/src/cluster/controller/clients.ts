/** The connected clients: what each is sent, and the state that all of them follow. */
import type { ControlLink } from '../net/control.js';
import type { DoneMessage, SettledMessage, ToClient } from '../protocol/client-messages.js';
import { discardPayload } from '../net/payloads.js';
import { atTurnsEnd } from '../net/turn.js';
import { encodeMessage } from '../protocol/codec.js';
import type { Payload } from '../protocol/payload.js';
import type { ClusterState } from '../protocol/state.js';

/** Values on their way from or to a client that are kept in mind; it discards them itself, as long as it lives. */
const REMEMBERED_VALUES = 256;
/** Changes of state that follow each other within this time are told once, in milliseconds. */
const STATE_INTERVAL_MS = 40;

interface ClientParts {
  readonly link: ControlLink;
  readonly flushState: () => void;
  /** The cluster's own. */
  readonly folder: string;
}

export class Client {
  readonly #parts: ClientParts;
  readonly #values = new Set<Payload>();
  /** What was said in this turn: many ranks may reply in one. */
  #said: Uint8Array[] = [];
  readonly #speak = (): void => this.#parts.link.send(...this.#said.splice(0));
  #isGone = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** A value comes from this client or goes to it. */
  carry(value: Payload): void {
    if (this.#isGone) return discardPayload(this.#parts.folder, value);
    this.#values.add(value);
    const [oldest] = this.#values;
    if (this.#values.size > REMEMBERED_VALUES) this.#values.delete(oldest);
  }

  /** Nobody will read, or discard, what it has left. */
  leave(): void {
    this.#isGone = true;
    for (const value of this.#values) discardPayload(this.#parts.folder, value);
    this.#values.clear();
  }

  /** Tells the client something, at the end of this turn. */
  send(message: ToClient): void {
    if (this.#said.push(encodeMessage(message)) === 1) atTurnsEnd(this.#speak);
  }

  /** The end of a request: the client knows the state that it has led to. */
  finish(message: DoneMessage | SettledMessage): void {
    this.#parts.flushState();
    this.send(message);
  }

  close(): void {
    this.#speak();
    this.#parts.link.close();
  }
}

export class Clients {
  readonly #clients = new Set<Client>();
  readonly #folder: string;
  readonly #state: () => ClusterState;
  #timer: NodeJS.Timeout | undefined;
  /** What all clients were told last. */
  #told = '';

  /**
   * @param folder the cluster's own
   * @param state the state of the cluster now
   */
  constructor(folder: string, state: () => ClusterState) {
    this.#folder = folder;
    this.#state = state;
  }

  /** Takes a client in, and tells it the state. */
  add(link: ControlLink, onGone: () => void): Client {
    this.#flush();
    const client = new Client({ link, flushState: () => this.#flush(), folder: this.#folder });
    this.#clients.add(client);
    link.onClose(() => {
      this.#clients.delete(client);
      client.leave();
      onGone();
    });
    const state = this.#state();
    this.#told = JSON.stringify(state);
    client.send({ type: 'state', state });
    return client;
  }

  /** The state has changed: all clients hear of it soon. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#flush(), STATE_INTERVAL_MS);
  }

  broadcast(message: ToClient): void {
    for (const client of this.#clients) client.send(message);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const client of this.#clients) client.close();
  }

  #flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const state = this.#state();
    // Engines that were busy for a moment are what they were: a short cell is no news.
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.broadcast({ type: 'state', state });
  }
}
