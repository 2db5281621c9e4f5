/**
 * The receiving end of an edge's bulk socket. It dials the sender, so that payload comes unmasked, and `onread` lets the
 * system write it straight into its place; `ws` gets the handshake and the control frames.
 */
import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import type { Place } from '../websocket.js';
import { dialWebsocket } from '../websocket.js';
import { AGAIN_MS, isBusy } from './dial-errors.js';
import { FrameParser, type FrameSink } from './frame-parser.js';
import { HandshakeEnd } from './handshake-end.js';

export interface BulkReceiverOptions {
  readonly address: Place;
  /** Opens the connection. */
  connect(place: Place, reading: OnReadOpts): Duplex;
  readonly token: string;
  readonly headers: Record<string, string>;
  /** Ms within which a dial has to be answered; whether the peer lives is known from its control socket. */
  readonly timeout: number;
  /** Whether the peer is only slow when it should have answered: its time begins anew. */
  isExcused(): boolean;
  /** Says where payloads go. */
  readonly sink: Omit<FrameSink, 'onControl'>;
  /** Anything was heard. */
  onLife(): void;
  /** The socket has ended, or was refused, or its peer broke the rules; heard once, and not after `close`. */
  onLost(error: Error): void;
}

/** An answer to a handshake is shorter. */
const HANDSHAKE_BYTES = 4096;
const MAX_CONTROL_BYTES = 125;

export class BulkReceiver {
  readonly #options: BulkReceiverOptions;
  readonly #parser: FrameParser;
  readonly #handshake = Buffer.allocUnsafeSlow(HANDSHAKE_BYTES);
  #ending = new HandshakeEnd();
  #stream: Duplex | undefined;
  /** Of the dial that counts. */
  #socket: WebSocket | undefined;
  /** When the first dial began, in ms of `performance.now()`. */
  readonly #since = performance.now();
  #isOver = false;

  constructor(options: BulkReceiverOptions) {
    this.#options = options;
    const { sink } = options;
    this.#parser = new FrameParser({
      onControl: bytes => this.#passOn(bytes),
      onHead: head => sink.onHead(head),
      place: offset => sink.place(offset),
      onArrived: offset => sink.onArrived(offset),
      onEnd: () => sink.onEnd()
    });
    this.#dial();
  }

  /** Nothing is written to any place any more once this has returned. */
  close(): void {
    this.#isOver = true;
    this.#stream?.destroy();
    this.#socket?.terminate();
  }

  #dial(): void {
    const { address, token, headers, timeout, isExcused } = this.#options;
    this.#ending = new HandshakeEnd();
    let socket: WebSocket | undefined;
    const lose = (error: Error): void => {
      // An earlier dial has been told of already.
      if (socket === this.#socket) this.#lose(error);
    };
    dialWebsocket({
      address,
      token,
      headers,
      timeout,
      isExcused,
      maxPayload: MAX_CONTROL_BYTES,
      connect: place => (this.#stream = this.#connect(place)),
      onSocket: opening => {
        this.#socket = socket = opening;
        opening.on('error', lose);
        opening.on('close', () => lose(new Error('the connection broke')));
      }
    }).catch(lose);
  }

  #connect(place: Place): Duplex {
    return this.#options.connect(place, {
      buffer: () => this.#next(),
      callback: (count, bytes) => this.#onRead(count, bytes as Buffer)
    });
  }

  #next(): Uint8Array {
    const isHandshaking = !this.#ending.isFound;
    return isHandshaking || this.#isOver ? this.#handshake : this.#parser.next();
  }

  #onRead(count: number, bytes: Buffer): boolean {
    if (this.#isOver) return false;
    this.#options.onLife();
    try {
      if (this.#ending.isFound) this.#parser.read(count);
      else this.#onHandshake(bytes.subarray(0, count));
    } catch (error) {
      this.#lose(error as Error);
    }
    return !this.#isOver;
  }

  /** The answer of the server goes to `ws`; frames may follow at once. */
  #onHandshake(bytes: Buffer): void {
    const at = this.#ending.look(bytes);
    this.#passOn(bytes.subarray(0, at));
    if (at < bytes.length) this.#parser.feed(bytes.subarray(at));
  }

  #passOn(bytes: Uint8Array): void {
    this.#stream?.push(Buffer.from(bytes));
  }

  #lose(error: Error): void {
    if (this.#isOver) return;
    const { timeout, isExcused } = this.#options;
    const isHopeful = performance.now() - this.#since <= timeout || isExcused();
    if (!this.#ending.isFound && isBusy(error) && isHopeful) return this.#dialAgain();
    this.close();
    this.#options.onLost(error);
  }

  /** The peer was too busy to answer; whether it lives is heard on the control socket. */
  #dialAgain(): void {
    this.#stream?.destroy();
    this.#socket = undefined;
    setTimeout(() => {
      if (!this.#isOver) this.#dial();
    }, AGAIN_MS).unref();
  }
}
