/** The socket of two ranks for everything but large payloads; nobody ever pauses it. */
import type { RawData, WebSocket } from 'ws';

import { HEAD_BYTES } from '../../protocol/head.js';
import { atTurnsEnd } from '../turn.js';
import type { MessageSocket } from './message-socket.js';
import { EAGER_BYTES, MAX_SIGNAL_BYTES, MAX_WORDS_BYTES } from './sizes.js';

export interface ControlEvents {
  /** Bytes that should begin with a head, in memory that nobody writes any more. @throws to close the channel */
  onMessage(bytes: Buffer): void;
  /** Anything was heard. */
  onLife(): void;
  /** The channel has ended without `close`: its cause, and whether an end has broken the rules. */
  onLost(cause: string, isRefused: boolean): void;
}

/** The longest message that may come in. */
export const MAX_CONTROL_MESSAGE =
  HEAD_BYTES + Math.max(EAGER_BYTES, MAX_WORDS_BYTES, MAX_SIGNAL_BYTES);
/** Whoever can wait, waits while more than this lies with the socket. */
const MAX_BUFFERED_BYTES = 1 << 20;
/** RFC 6455: the message is not acceptable; and the bytes of reason that a close frame may hold. */
const POLICY_VIOLATION = 1008;
const REASON_BYTES = 120;
/** A peer that was told why gets so long to answer. */
const CLOSING_MS = 1_000;

/** Both layers of a control socket. */
export interface ControlSocket {
  readonly websocket: WebSocket;
  readonly messages: MessageSocket;
}

export class ControlChannel {
  readonly #events: ControlEvents;
  #socket: ControlSocket | undefined;
  /** What was said in this turn, or before the socket has opened. */
  #said: Buffer[] = [];
  readonly #flush = (): void => this.#send();
  #isOver = false;

  constructor(events: ControlEvents) {
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Listens on this socket from now on. It may not be open yet: messages are heard from the first on. */
  listen(socket: ControlSocket): void {
    const { websocket, messages } = socket;
    const { onLife } = this.#events;
    let cause: string | undefined;
    const hear = (bytes: Buffer): void => {
      onLife();
      if (!this.#isOver) this.#hear(socket, bytes);
    };
    messages.onMessage = hear;
    websocket.binaryType = 'arraybuffer';
    websocket.on('error', error => (cause ??= error.message));
    websocket.on('ping', onLife);
    websocket.on('pong', onLife);
    // Of peers that mask or divide their messages.
    websocket.on('message', (data: RawData, isBinary) =>
      hear(isBinary ? Buffer.from(data as ArrayBuffer) : Buffer.alloc(0))
    );
    websocket.on('close', (code, reason) => {
      if (this.#socket?.websocket !== websocket) return;
      this.#lose(cause ?? (reason.toString() || BROKEN), code === POLICY_VIOLATION);
    });
  }

  /** The socket is open: speaks on it from now on. */
  open(socket: ControlSocket): void {
    if (this.#isOver) return socket.websocket.terminate();
    this.#socket = socket;
    this.#send();
  }

  /** Says something, at the end of this turn or as soon as the socket is open. @param message from `newMessage` */
  write(message: Buffer): void {
    if (this.#isOver) return;
    if (this.#said.push(message) === 1 && this.#socket) atTurnsEnd(this.#flush);
  }

  /** Says something, and resolves when not too much lies with the socket. @param message from `newMessage` */
  async writeSlowly(message: Buffer): Promise<void> {
    this.write(message);
    const messages = this.#socket?.messages;
    if (!messages || messages.bufferedBytes <= MAX_BUFFERED_BYTES) return;
    await new Promise<void>(resolve => this.#send(resolve));
  }

  /** Asks for a sign of life. */
  ping(): void {
    const websocket = this.#socket?.websocket;
    if (websocket?.readyState === websocket?.OPEN) websocket?.ping();
  }

  /** Ends it at once, without an event. */
  close(): void {
    this.#isOver = true;
    this.#said = [];
    this.#socket?.websocket.terminate();
  }

  #send(onSent?: () => void): void {
    const { messages } = this.#socket ?? {};
    if (!messages || this.#said.length === 0) return onSent?.();
    const said = this.#said;
    this.#said = [];
    messages.send(said, onSent);
  }

  #hear(socket: ControlSocket, bytes: Buffer): void {
    try {
      this.#events.onMessage(bytes);
    } catch (error) {
      this.refuse(error instanceof Error ? error.message : String(error), socket.websocket);
    }
  }

  /** Ends it because the peer has broken the rules, and tells the peer why. */
  refuse(cause: string, websocket = this.#socket?.websocket): void {
    this.#send();
    websocket?.close(POLICY_VIOLATION, Buffer.from(cause).subarray(0, REASON_BYTES).toString());
    setTimeout(() => websocket?.terminate(), CLOSING_MS).unref();
    this.#socket = undefined;
    this.#lose(cause, true);
  }

  #lose(cause: string, isRefused: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#said = [];
    this.#events.onLost(cause, isRefused);
  }
}

const BROKEN = 'the connection broke';
