/**
 * The receiving end of an edge's bulk socket. It dials the sender, so that payload comes unmasked, and `onread` lets the
 * system write it straight into its place; `ws` gets the handshake and the control frames.
 */
import { connect, type Socket } from 'node:net';

import type { WebSocket } from 'ws';

import type { Place } from '../websocket.js';
import { dialWebsocket } from '../websocket.js';
import { FrameParser, type FrameSink } from './frame-parser.js';
import { HandshakeEnd } from './handshake-end.js';

export interface BulkReceiverOptions {
  readonly address: Place;
  readonly token: string;
  readonly headers: Record<string, string>;
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
  readonly #ending = new HandshakeEnd();
  #stream: Socket | undefined;
  #socket: WebSocket | undefined;
  #isOver = false;

  constructor(options: BulkReceiverOptions) {
    this.#options = options;
    const { address, token, headers, sink } = options;
    this.#parser = new FrameParser({
      onControl: bytes => this.#passOn(bytes),
      onHead: head => sink.onHead(head),
      place: offset => sink.place(offset),
      onArrived: offset => sink.onArrived(offset),
      onEnd: () => sink.onEnd()
    });
    dialWebsocket({
      address,
      token,
      headers,
      maxPayload: MAX_CONTROL_BYTES,
      connect: place => (this.#stream = this.#connect(place)),
      onSocket: socket => this.#watch(socket)
    }).catch((error: Error) => this.#lose(error));
  }

  /** Nothing is written to any place any more once this has returned. */
  close(): void {
    this.#isOver = true;
    this.#stream?.destroy();
    this.#socket?.terminate();
  }

  #watch(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('error', error => this.#lose(error));
    socket.on('close', () => this.#lose(new Error('the connection broke')));
  }

  #connect(place: Place): Socket {
    const where = typeof place === 'string' ? { path: place } : { ...place, noDelay: true };
    return connect({
      ...where,
      onread: {
        buffer: () => this.#next(),
        callback: (count, bytes) => this.#onRead(count, bytes as Buffer)
      }
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
    this.close();
    this.#options.onLost(error);
  }
}
