/** What this rank has sent, until the receiver has dialled: the receiver opens the link, perhaps later than the first frame. */
import { DecentLabError } from '../../errors.js';
import type { OutgoingLink } from '../net/link.js';

interface Held {
  readonly bytes: Buffer;
  resolve(): void;
  reject(error: Error): void;
}

/** Up to this much is held for a rank without making the sender wait. */
const EAGER_BYTES = 1 << 20;

export class Outbox {
  readonly #links = new Map<number, OutgoingLink>();
  readonly #held = new Map<number, Held[]>();

  /** A rank has dialled, for the first time or again: it gets what is held for it. */
  connect(link: OutgoingLink): void {
    this.#links.set(link.peer, link);
    const held = this.#held.get(link.peer) ?? [];
    this.#held.delete(link.peer);
    for (const { bytes, resolve, reject } of held) link.send(bytes).then(resolve, reject);
  }

  /** Resolves when the bytes are with the socket, or few enough to be held. */
  send(to: number, bytes: Buffer): Promise<void> {
    const link = this.#links.get(to);
    if (link) return this.#sendOn(link, bytes);
    return new Promise((resolve, reject) => {
      const held = this.#held.get(to) ?? [];
      held.push({ bytes, resolve, reject });
      this.#held.set(to, held);
      const total = held.reduce((sum, { bytes: { length } }) => sum + length, 0);
      if (total <= EAGER_BYTES) resolve();
    });
  }

  /** Forgets what is held: it belongs to an epoch that is over. */
  clear(): void {
    for (const held of this.#held.values()) for (const { resolve } of held) resolve();
    this.#held.clear();
  }

  /** Ends the link with a rank, and drops what is held for it. */
  disconnect(rank: number): void {
    this.#links.get(rank)?.close();
    this.#links.delete(rank);
    const ended = new DecentLabError('LINK_ENDED', { rank, cause: 'its process has ended' });
    for (const { reject } of this.#held.get(rank) ?? []) reject(ended);
    this.#held.delete(rank);
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
  }

  /** A receiver that has left may dial again: what could not be sent is held for it. */
  async #sendOn(link: OutgoingLink, bytes: Buffer): Promise<void> {
    try {
      await link.send(bytes);
    } catch {
      if (this.#links.get(link.peer) === link) this.#links.delete(link.peer);
      await this.send(link.peer, bytes);
    }
  }
}
