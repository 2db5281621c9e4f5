/** The socket of two ranks for everything but large payloads; nobody ever pauses it. */
import type { RawData, WebSocket } from 'ws';

import { HEAD_BYTES } from '../../protocol/head.js';
import { EAGER_BYTES, MAX_SIGNAL_BYTES, MAX_WORDS_BYTES } from './sizes.js';

export interface ControlEvents {
  /** Bytes that should begin with a head. @throws to close the channel */
  onMessage(bytes: Buffer): void;
  /** Anything was heard. */
  onLife(): void;
  /** The channel has ended without `close`: its cause, and whether an end has broken the rules. */
  onLost(cause: string, isRefused: boolean): void;
}

/** The longest message that `ws` may take in. */
export const MAX_CONTROL_MESSAGE =
  HEAD_BYTES + Math.max(EAGER_BYTES, MAX_WORDS_BYTES, MAX_SIGNAL_BYTES);
/** Whoever can wait, waits while more than this lies with the socket. */
const MAX_BUFFERED_BYTES = 1 << 20;
/** RFC 6455: the message is not acceptable; and the bytes of reason that a close frame may hold. */
const POLICY_VIOLATION = 1008;
const REASON_BYTES = 120;
/** A peer that was told why gets so long to answer. */
const CLOSING_MS = 1_000;

export class ControlChannel {
  readonly #events: ControlEvents;
  #socket: WebSocket | undefined;
  /** What was said before the socket opened. */
  #waiting: Buffer[] = [];
  #isOver = false;

  constructor(events: ControlEvents) {
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Speaks and listens on this socket from now on. It may not be open yet: messages are heard from the first on. */
  listen(socket: WebSocket): void {
    socket.binaryType = 'nodebuffer';
    const { onLife } = this.#events;
    let cause: string | undefined;
    socket.on('error', error => (cause ??= error.message));
    socket.on('ping', onLife);
    socket.on('pong', onLife);
    socket.on('message', (data: RawData, isBinary) => {
      onLife();
      if (!this.#isOver) this.#hear(socket, isBinary ? (data as Buffer) : Buffer.alloc(0));
    });
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      this.#lose(cause ?? (reason.toString() || BROKEN), code === POLICY_VIOLATION);
    });
  }

  /** The socket is open. */
  open(socket: WebSocket): void {
    if (this.#isOver) return socket.terminate();
    this.#socket = socket;
    for (const bytes of this.#waiting.splice(0)) socket.send(bytes);
  }

  /** Says something, now or as soon as the socket is open. */
  write(bytes: Buffer): void {
    if (this.#socket) this.#socket.send(bytes);
    else if (!this.#isOver) this.#waiting.push(bytes);
  }

  /** Says something, and resolves when not too much lies with the socket. */
  async writeSlowly(bytes: Buffer): Promise<void> {
    const socket = this.#socket;
    if (!socket || socket.bufferedAmount <= MAX_BUFFERED_BYTES) return this.write(bytes);
    await new Promise<void>(resolve => socket.send(bytes, () => resolve()));
  }

  /** Asks for a sign of life. */
  ping(): void {
    if (this.#socket?.readyState === this.#socket?.OPEN) this.#socket?.ping();
  }

  /** Ends it at once, without an event. */
  close(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#socket?.terminate();
  }

  #hear(socket: WebSocket, bytes: Buffer): void {
    try {
      this.#events.onMessage(bytes);
    } catch (error) {
      this.refuse(error instanceof Error ? error.message : String(error), socket);
    }
  }

  /** Ends it because the peer has broken the rules, and tells the peer why. */
  refuse(cause: string, socket = this.#socket): void {
    socket?.close(POLICY_VIOLATION, Buffer.from(cause).subarray(0, REASON_BYTES).toString());
    setTimeout(() => socket?.terminate(), CLOSING_MS).unref();
    this.#socket = undefined;
    this.#lose(cause, true);
  }

  #lose(cause: string, isRefused: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#events.onLost(cause, isRefused);
  }
}

const BROKEN = 'the connection broke';
