/**
 * All tensor links of this rank. A link is opened when one of its ends first needs it: a control socket for the pair, and
 * for large payloads a bulk socket for each direction, which the receiver dials.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { LOOKS, Silence } from '../silence.js';
import {
  dialWebsocket,
  serveWebsockets,
  type DialOptions,
  type Listener,
  type Place
} from '../websocket.js';
import { plainWire, type Wire } from '../wire.js';
import { BulkReceiver } from './bulk-receiver.js';
import { MAX_CONTROL_MESSAGE, type ControlSocket } from './control-channel.js';
import {
  BUSY_LIMIT_MS,
  CONFLICT,
  isBusy,
  isConflict,
  isUnanswered,
  pauseAfter
} from './dial-errors.js';
import { MessageSocket } from './message-socket.js';
import { PeerLink } from './peer-link.js';
import { Probes } from './probes.js';
import { Turns } from './turns.js';
import type { Arrival, Landing, LinkCount, LinkEvents, Message, MutableCount } from './types.js';

export interface LinksOptions<Words> extends LinkEvents<Words> {
  readonly rank: number;
  readonly size: number;
  /** The cluster's secret, 256 bits in hexadecimal. */
  readonly token: string;
  /** Where a rank listens. */
  addressOf(rank: number): Place;
  /** What carries the connections. Defaults to plain sockets. */
  readonly wire?: Wire;
  /** Milliseconds within which a peer that says nothing any more is lost. Defaults to 5,000. */
  readonly silenceLimit?: number;
  /** Whether a rank that should have answered only waits for a processor: it gets another limit. Defaults to never. */
  isStarved?(rank: number): boolean;
}

const RANK_HEADER = 'x-decentlab-rank';
const LINK_HEADER = 'x-decentlab-link';
const SILENCE_LIMIT_MS = 5_000;
const BAD_REQUEST = 400;
/** Handshakes under way: of very many, as of an allgather among 64 ranks, none would be answered in time. */
const DIALS_AT_ONCE = 4;

const KINDS = ['control', 'bulk', 'probe'] as const;

/** What a handshake says: who dials, for which socket of which link. */
interface Hello {
  readonly peer: number;
  readonly kind: (typeof KINDS)[number];
  readonly id: string;
}

type Dialing = DialOptions & { readonly timeout: number };

export class Links<Words> {
  readonly #options: LinksOptions<Words>;
  readonly #links = new Map<number, PeerLink<Words>>();
  readonly #counts = new Map<number, MutableCount>();
  readonly #silence: Silence<number>;
  readonly #probes: Probes;
  readonly #wire: Wire;
  #pings: NodeJS.Timeout | undefined;
  #listener: Listener | undefined;
  /** Control sockets between their connection and their opening. */
  readonly #accepted = new WeakMap<IncomingMessage, MessageSocket>();
  #epoch = 0;
  readonly #dials = new Turns(DIALS_AT_ONCE);

  constructor(options: LinksOptions<Words>) {
    this.#options = options;
    this.#wire = options.wire ?? plainWire;
    const limit = options.silenceLimit ?? SILENCE_LIMIT_MS;
    this.#silence = new Silence<number>({
      limit,
      isExcused: rank => this.#isStarved(rank),
      onSilent: (rank, elapsed) => this.#onSilent(rank, elapsed, true)
    });
    this.#probes = new Probes({
      interval: limit / LOOKS,
      dial: peer => ({
        ...this.#dialing(peer),
        headers: this.#headers('probe', 'none'),
        connect: place => this.#wire.dial(peer, place)
      }),
      onAnswer: peer => options.onHeard?.(peer)
    });
    this.#pings = setInterval(() => this.#ping(), limit / LOOKS).unref();
    this.#silence.watch();
  }

  /** Where this rank listens, once it does. */
  get address(): Place | undefined {
    return this.#listener?.address;
  }

  /** Waits for peers. */
  async listen(): Promise<void> {
    const { rank, token, addressOf } = this.#options;
    const wire = this.#wire;
    this.#listener = await serveWebsockets({
      address: addressOf(rank),
      ...(wire.accept ? { accept: socket => wire.accept!(socket) } : {}),
      token,
      maxPayload: MAX_CONTROL_MESSAGE,
      refuse: request => this.#refuse(request),
      through: (request, stream) => this.#through(request, stream),
      onSocket: (socket, request) => this.#accept(socket, request)
    });
  }

  /** Opens the link with a peer, if it is not open. */
  connect(peer: number): void {
    if (!this.#links.has(peer)) this.#dial(this.#create(peer, randomUUID()), peer);
  }

  /**
   * Sends a message. A promise for when its memory is free again, or undefined if it is.
   * @throws LINK_ENDED if the link ends before, through the promise too
   */
  send(peer: number, message: Message): Promise<void> | undefined {
    this.connect(peer);
    return this.#links.get(peer)!.send(message);
  }

  /** Sends a message outside of all streams, in order. Resolves when not too many of them wait to be sent. */
  signal(peer: number, payload: Uint8Array): Promise<void> {
    this.connect(peer);
    return this.#links.get(peer)!.signal(payload);
  }

  /** A small message was consumed, or any message dropped: its sender may send others. */
  consume(arrival: Arrival<Words>): void {
    this.#links.get(arrival.from)?.consume(arrival);
  }

  /**
   * The payload of an announced message may come.
   * @param limit up to where; more can be granted with `extend`. Defaults to all of it
   */
  grant(arrival: Arrival<Words>, landing: Landing, limit = arrival.length): void {
    const link = this.#links.get(arrival.from);
    if (link) link.grant(arrival, landing, limit);
    else landing.released(false);
  }

  /** More of a granted payload may come. */
  extend(arrival: Arrival<Words>, limit: number): void {
    this.#links.get(arrival.from)?.extend(arrival, limit);
  }

  /** Nobody waits for a granted payload any more. Its landing is released as soon as nothing can be written to it. */
  cancel(arrival: Arrival<Words>): void {
    this.#links.get(arrival.from)?.cancel(arrival);
  }

  /** A new epoch: what belongs to older ones is neither sent nor received any more. */
  openEpoch(epoch: number): void {
    this.#epoch = epoch;
    for (const link of this.#links.values()) link.openEpoch(epoch);
  }

  /** Ends the link with a peer whose process is gone, without an event. It may be opened again. */
  disconnect(peer: number): void {
    const link = this.#links.get(peer);
    this.#forget(peer);
    link?.close();
  }

  /** What went over the links, by rank ascending. */
  counts(): LinkCount[] {
    return [...this.#counts.values()].map(count => ({ ...count })).sort((a, b) => a.rank - b.rank);
  }

  close(): void {
    clearInterval(this.#pings);
    this.#silence.close();
    this.#probes.close();
    this.#listener?.close();
    for (const peer of [...this.#links.keys()]) this.disconnect(peer);
  }

  #create(peer: number, id: string): PeerLink<Words> {
    const { rank, parseWords, onArrival, onSignal, onLost } = this.#options;
    const link: PeerLink<Words> = new PeerLink<Words>({
      rank,
      peer,
      id,
      count: this.#count(peer),
      ahead: this.#wire.ahead,
      parseWords,
      onArrival,
      onSignal,
      onLife: () => this.#silence.heard(peer),
      onLost: (_, cause, isRefused) => {
        this.#forget(peer);
        onLost(peer, cause, isRefused);
      },
      dialBulk: (landings, onBulkLost) =>
        new BulkReceiver({
          address: this.#options.addressOf(peer),
          connect: (place, reading) => this.#wire.dial(peer, place, reading),
          token: this.#options.token,
          headers: this.#headers('bulk', link.id),
          timeout: BUSY_LIMIT_MS,
          isExcused: () => this.#isStarved(peer),
          sink: landings,
          onLife: () => this.#silence.heard(peer),
          onLost: onBulkLost
        })
    });
    link.openEpoch(this.#epoch);
    this.#links.set(peer, link);
    return link;
  }

  #forget(peer: number): void {
    this.#links.delete(peer);
    this.#silence.forget(peer);
  }

  #dial(link: PeerLink<Words>, peer: number, since?: number): void {
    const { rank, size } = this.#options;
    // Each rank begins with its next one: if all began with rank 0, it would answer none of them in time.
    this.#dials.take((peer - rank + size) % size, async () => {
      // The peer may have dialled meanwhile.
      if (!link.control.isOpen && this.#links.get(peer) === link)
        await this.#dialNow(link, peer, since ?? performance.now());
    });
  }

  #dialNow(link: PeerLink<Words>, peer: number, since: number): Promise<void> {
    const dialing = this.#dialing(peer);
    const messages = MessageSocket.dial(
      reading => this.#wire.dial(peer, dialing.address, reading),
      MAX_CONTROL_MESSAGE
    );
    return dialWebsocket({
      ...dialing,
      headers: this.#headers('control', link.id),
      connect: () => messages.stream,
      onSocket: websocket => link.control.listen({ websocket, messages })
    }).then(
      websocket => this.#open(link, peer, { websocket, messages }),
      (error: Error) => {
        if (link.control.isOpen || this.#links.get(peer) !== link) return;
        const elapsed = performance.now() - since;
        const isInTime = elapsed < Math.max(dialing.timeout, BUSY_LIMIT_MS);
        const isAlive = isConflict(error) || this.#isStarved(peer);
        const isHopeful = isBusy(error) && (isInTime || isAlive);
        // Both ends may dial at the same time: then the dial of the lower rank counts, and the other one is refused. It is
        // tried again, since the lower rank may only not know yet that an earlier link has ended.
        if (isHopeful) setTimeout(() => this.#dial(link, peer, since), pauseAfter(elapsed)).unref();
        else if (isBusy(error) || isUnanswered(error)) this.#onSilent(peer, elapsed, false);
        else link.end(error.message, false);
      }
    );
  }

  #open(link: PeerLink<Words>, peer: number, socket: ControlSocket): void {
    if (link.control.isOpen) return socket.websocket.terminate();
    this.#silence.heard(peer);
    link.control.open(socket);
  }

  #dialing(peer: number): Dialing {
    const { token, addressOf, silenceLimit = SILENCE_LIMIT_MS } = this.#options;
    return {
      address: addressOf(peer),
      token,
      maxPayload: MAX_CONTROL_MESSAGE,
      timeout: silenceLimit,
      isExcused: () => this.#isStarved(peer)
    };
  }

  #isStarved(peer: number): boolean {
    return this.#options.isStarved?.(peer) ?? false;
  }

  #headers(kind: Hello['kind'], id: string): Record<string, string> {
    return { [RANK_HEADER]: String(this.#options.rank), [LINK_HEADER]: `${kind} ${id}` };
  }

  #refuse(request: IncomingMessage): number | undefined {
    const { rank } = this.#options;
    const hello = this.#helloOf(request);
    if (!hello) return BAD_REQUEST;
    const link = this.#links.get(hello.peer);
    if (hello.kind === 'bulk') return link?.id === hello.id ? undefined : CONFLICT;
    if (hello.kind === 'probe') return undefined;
    return link && rank < hello.peer ? CONFLICT : undefined;
  }

  /** What `ws` reads of the connection: of a control socket, what is no message. */
  #through(request: IncomingMessage, stream: Duplex): Duplex {
    if (this.#helloOf(request)?.kind !== 'control') return stream;
    const messages = MessageSocket.accept(stream, MAX_CONTROL_MESSAGE);
    this.#accepted.set(request, messages);
    return messages.stream;
  }

  #accept(websocket: WebSocket, request: IncomingMessage): void {
    const { peer, kind, id } = this.#helloOf(request)!;
    if (kind === 'probe') return websocket.close();
    let link = this.#links.get(peer);
    if (kind === 'bulk') return link?.attachBulk(websocket, request.socket);
    const socket = { websocket, messages: this.#accepted.get(request)! };
    // A lower rank that dials has no link any more: its process was replaced, or has closed it.
    if (link?.control.isOpen) link.end('the peer has opened a new link', false);
    link = this.#links.get(peer) ?? this.#create(peer, id);
    link.id = id;
    link.control.listen(socket);
    this.#open(link, peer, socket);
  }

  #helloOf({ headers }: IncomingMessage): Hello | undefined {
    const { rank, size } = this.#options;
    const peer = Number(headers[RANK_HEADER]);
    const [word, id, ...rest] = String(headers[LINK_HEADER]).split(' ');
    const kind = KINDS.find(one => one === word);
    const isPeer = Number.isInteger(peer) && peer >= 0 && peer < size && peer !== rank;
    return isPeer && kind && id && rest.length === 0 ? { peer, kind, id } : undefined;
  }

  #ping(): void {
    for (const link of this.#links.values()) link.control.ping();
  }

  #onSilent(rank: number, elapsed: number, wasLinked: boolean): void {
    this.#options.onSilent?.(rank, wasLinked);
    this.#probes.add(rank);
    const seconds = Math.round(elapsed / 1000);
    this.#links.get(rank)?.end(`nothing was heard of it for ${seconds} s`, false);
  }

  #count(rank: number): MutableCount {
    let count = this.#counts.get(rank);
    if (!count) {
      count = { rank, sentBytes: 0, sentMessages: 0, receivedBytes: 0, receivedMessages: 0 };
      this.#counts.set(rank, count);
    }
    return count;
  }
}
