/** Ranks of this process with real sockets between them, for tests of the links alone. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';

import { Links } from '../../../kernel-runtime/src/cluster/net/links/links.js';
import type {
  Arrival,
  Landing,
  Message
} from '../../../kernel-runtime/src/cluster/net/links/types.js';
import type { Place } from '../../../kernel-runtime/src/cluster/net/websocket.js';
import { privateFolder, socketAddress } from '../../../kernel-runtime/src/platform.js';

export interface Lost {
  readonly rank: number;
  readonly cause: string;
  readonly isRefused: boolean;
}

/** One rank, and what it has heard. */
export class LinkPeer {
  readonly links: Links<string>;
  readonly arrivals: Arrival<string>[] = [];
  readonly signals: { from: number; bytes: Buffer }[] = [];
  readonly lost: Lost[] = [];
  #looks: (() => void)[] = [];

  constructor(options: {
    rank: number;
    size: number;
    token: string;
    addressOf: (rank: number) => Place;
    silenceLimit?: number;
  }) {
    this.links = new Links<string>({
      ...options,
      parseWords: text => text,
      onArrival: arrival => this.#heard(() => this.arrivals.push(arrival)),
      onSignal: (from, bytes) => this.#heard(() => this.signals.push({ from, bytes })),
      onLost: (rank, cause, isRefused) =>
        this.#heard(() => this.lost.push({ rank, cause, isRefused }))
    });
  }

  /** The next message, in the order of arrival. */
  async next(): Promise<Arrival<string>> {
    await this.until(() => this.arrivals.length > 0);
    return this.arrivals.shift()!;
  }

  until(fits: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (!fits()) return;
        this.#looks = this.#looks.filter(other => other !== look);
        resolve();
      };
      this.#looks.push(look);
      look();
    });
  }

  /** Lets a payload come into new memory. */
  land(arrival: Arrival<string>): Promise<Buffer> {
    const memory = Buffer.alloc(arrival.length);
    return new Promise((resolve, reject) =>
      this.links.grant(arrival, {
        place: offset => memory.subarray(offset),
        arrived: () => undefined,
        released: isWhole => (isWhole ? resolve(memory) : reject(new Error('not whole')))
      })
    );
  }

  #heard(note: () => void): void {
    note();
    for (const look of [...this.#looks]) look();
  }
}

export class LinkPeers {
  readonly token = randomBytes(32).toString('hex');
  readonly folder = privateFolder('decentlab-test-');
  readonly all: LinkPeer[] = [];
  /** Where others reach a rank, if not where it listens. */
  readonly reachedAt = new Map<number, Place>();

  /** Ranks that listen, on Unix sockets or on ports of this host. */
  static async start(
    size: number,
    { transport = 'unix', silenceLimit }: { transport?: 'unix' | 'tcp'; silenceLimit?: number } = {}
  ): Promise<LinkPeers> {
    const peers = new LinkPeers();
    const { token } = peers;
    const addressOf = (rank: number): Place => {
      const found = peers.reachedAt.get(rank) ?? peers.all[rank]?.links.address;
      if (found !== undefined) return found;
      return transport === 'tcp' ? { host: '127.0.0.1', port: 0 } : peers.address(rank);
    };
    for (let rank = 0; rank < size; rank++) {
      peers.all.push(new LinkPeer({ rank, size, token, addressOf, silenceLimit }));
    }
    await Promise.all(peers.all.map(({ links }) => links.listen()));
    return peers;
  }

  address(rank: number): string {
    return socketAddress(this.folder, `rank-${rank}`);
  }

  stop(): void {
    for (const { links } of this.all) links.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A message with some payload. */
export function message(
  payload: readonly Uint8Array[] = [],
  given: Partial<Message> = {}
): Message {
  return { epoch: 0, era: 0, stream: 0, number: 0, words: 'words', payload, ...given };
}

/** Bytes that are not equal to those around them, so that a byte in the wrong place shows. */
export function patterned(length: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + seed * 7919, 0x9e3779b1);
  return Buffer.from(words.buffer, 0, length);
}

/** A landing that nobody looks at. */
export function landingIn(memory: Uint8Array, released: (isWhole: boolean) => void): Landing {
  return { place: offset => memory.subarray(offset), arrived: () => undefined, released };
}
