/** The link of this rank with one peer: what it sends, what it has heard, and the three sockets that carry it. */
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { DecentLabError } from '../../../errors.js';
import { decodeHead, frameInvalid, HEAD_BYTES, writeHead, type Head } from '../../protocol/head.js';
import { BudgetIn } from './budget.js';
import type { BulkReceiver } from './bulk-receiver.js';
import { BulkSender } from './bulk-sender.js';
import { ControlChannel } from './control-channel.js';
import { newMessage } from './frame.js';
import { Landings } from './landings.js';
import { Sending } from './sending.js';
import { EAGER_BYTES } from './sizes.js';
import type { Arrival, Landing, LinkEvents, Message, MutableCount } from './types.js';
import { WordsHeard } from './words.js';

export interface PeerLinkOptions<Words> extends Omit<LinkEvents<Words>, 'onSilent' | 'onHeard'> {
  /** This rank, and the other. */
  readonly rank: number;
  /** Bytes of large payloads that lie with their connection. */
  readonly ahead: number;
  readonly peer: number;
  /** Tells this link from others of the same ranks, earlier ones for instance. */
  readonly id: string;
  readonly count: MutableCount;
  /** Anything was heard of the peer. */
  onLife(): void;
  /** Dials the peer for its large payloads. */
  dialBulk(landings: Landings, onLost: (error: Error) => void): BulkReceiver;
}

export class PeerLink<Words> {
  /** The one whose dial counts has named it. */
  id: string;
  readonly control: ControlChannel;
  readonly #options: PeerLinkOptions<Words>;
  readonly #sending: Sending;
  readonly #landings = new Landings();
  readonly #words = new WordsHeard<Words>();
  readonly #budget = new BudgetIn();
  #bulkIn: BulkReceiver | undefined;
  #isOver = false;

  constructor(options: PeerLinkOptions<Words>) {
    this.#options = options;
    this.id = options.id;
    this.control = new ControlChannel({
      onMessage: bytes => this.#hear(bytes),
      onLife: options.onLife,
      onLost: (cause, isRefused) => this.end(cause, isRefused)
    });
    this.#sending = new Sending({ rank: options.rank, control: this.control });
  }

  /**
   * Sends a message. A promise for when its memory is free again, or undefined if it is.
   * @throws LINK_ENDED if the link ends before, through the promise too
   */
  send(message: Message): Promise<void> | undefined {
    const { count } = this.#options;
    count.sentMessages += 1;
    for (const { byteLength } of message.payload) count.sentBytes += byteLength;
    return this.#sending.send(message);
  }

  /** Sends a message outside of all streams. Resolves when not too many of them lie with the socket. */
  signal(payload: Uint8Array): Promise<void> {
    const { rank: sender, count } = this.#options;
    count.sentMessages += 1;
    count.sentBytes += payload.byteLength;
    const { byteLength: length } = payload;
    const bytes = newMessage(HEAD_BYTES + length);
    writeHead(bytes, { kind: 'signal', sender, length });
    bytes.set(payload, HEAD_BYTES);
    return this.control.writeSlowly(bytes);
  }

  /** A message was consumed, or dropped: its sender may send others. */
  consume({ payload, length: bytes }: Arrival<Words>): void {
    const credit = this.#budget.consume(payload === undefined ? undefined : bytes);
    if (!credit) return;
    const { bytes: length, announced: number } = credit;
    this.#tell({ kind: 'credit', length, number });
  }

  /** The payload of an announced message may come, up to `limit`. */
  grant(arrival: Arrival<Words>, landing: Landing, limit: number): void {
    if (this.#isOver) return landing.released(false);
    const { sequence, length } = arrival;
    this.consume(arrival);
    this.#landings.add(sequence, { length, limit, landing });
    this.#bulkIn ??= this.#options.dialBulk(this.#landings, error => this.#onBulkLost(error));
    this.#tellGrant(sequence, limit);
  }

  /** More of it may come. */
  extend({ sequence }: Arrival<Words>, limit: number): void {
    if (this.#landings.extend(sequence, limit)) this.#tellGrant(sequence, limit);
  }

  /** Nobody waits for the payload any more. Its landing is released, at once or when nothing is written to it. */
  cancel({ sequence }: Arrival<Words>): void {
    const { limit, length } = this.#landings.cancel(sequence) ?? { limit: 0, length: 0 };
    // The sender's memory must not wait for ever.
    if (limit < length && !this.#isOver) this.#tellGrant(sequence, length);
  }

  /** A new epoch: what belongs to older ones is neither sent nor received any more. */
  openEpoch(epoch: number): void {
    this.#sending.dropBefore(epoch);
    this.#landings.cancelBefore(epoch);
  }

  /** The peer has dialled for large payloads. */
  attachBulk(socket: WebSocket, stream: Duplex): void {
    const onLost = (): void => this.end('the connection broke', false);
    const { rank, ahead } = this.#options;
    this.#sending.attach(new BulkSender({ socket, stream, rank, ahead, onLost }));
  }

  /** Ends the link, and says so. */
  end(cause: string, isRefused: boolean): void {
    if (this.#isOver) return;
    this.#finish(cause);
    this.#options.onLost(this.#options.peer, cause, isRefused);
  }

  /** Ends the link without an event. */
  close(): void {
    if (!this.#isOver) this.#finish('it was closed');
  }

  #finish(cause: string): void {
    this.#isOver = true;
    this.control.close();
    this.#bulkIn?.close();
    this.#landings.close();
    this.#sending.close(new DecentLabError('LINK_ENDED', { rank: this.#options.peer, cause }));
  }

  #onBulkLost(error: Error): void {
    const isRefused = error instanceof DecentLabError;
    // The peer is told why, on the socket that can.
    if (isRefused) this.control.refuse(error.message);
    else this.end(error.message, false);
  }

  #tellGrant(sequence: number, length: number): void {
    this.#tell({ kind: 'grant', sequence, length });
  }

  #tell(head: Partial<Head> & Pick<Head, 'kind'>): void {
    const bytes = newMessage(HEAD_BYTES);
    writeHead(bytes, { ...head, sender: this.#options.rank });
    this.control.write(bytes);
  }

  #hear(bytes: Buffer): void {
    const head = decodeHead(bytes);
    const payload = bytes.subarray(HEAD_BYTES);
    const { peer } = this.#options;
    if (head.sender !== peer) throw frameInvalid(`a head of rank ${head.sender} from rank ${peer}`);
    const carried = CARRIES_PAYLOAD.has(head.kind) ? head.length : 0;
    if (payload.length !== carried) {
      throw frameInvalid(`${payload.length} bytes behind a head that announces ${carried}`);
    }
    this.#dispatch(head, payload);
  }

  #dispatch(head: Head, payload: Buffer): void {
    const { parseWords, onSignal, peer, count } = this.#options;
    switch (head.kind) {
      case 'words':
        return this.#words.set(head.words, parseWords(payload.toString()));
      case 'message':
        if (head.length > EAGER_BYTES) throw frameInvalid('a large message without announcement');
        this.#budget.take(head.length);
        return this.#arrive(head, payload);
      case 'announcement':
        if (head.length === 0) throw frameInvalid('an announcement of nothing');
        this.#budget.announce();
        return this.#arrive(head, undefined);
      case 'grant':
        return this.#sending.onGrant(head);
      case 'credit':
        return this.#sending.onCredit(head);
      case 'signal':
        count.receivedMessages += 1;
        count.receivedBytes += head.length;
        return onSignal(peer, payload);
      case 'chunk':
        throw frameInvalid('a piece of a payload among heads');
    }
  }

  #arrive(head: Head, payload: Buffer | undefined): void {
    const { peer, count, onArrival } = this.#options;
    const { epoch, era, stream, number, sequence, length } = head;
    const words = this.#words.get(head.words);
    count.receivedMessages += 1;
    count.receivedBytes += length;
    onArrival({ from: peer, epoch, era, stream, number, sequence, length, words, payload });
  }
}

const CARRIES_PAYLOAD: ReadonlySet<string> = new Set(['words', 'message', 'signal']);
