/**
 * Tensor links over websockets. The receiver dials the sender, so that tensors flow from server to client, which the
 * protocol leaves unmasked; one socket for each directed edge.
 */
import type { IncomingMessage } from 'node:http';

import type { RawData, WebSocket } from 'ws';

import { DecentLabError } from '../../errors.js';
import { decodeFrame } from '../protocol/frame.js';
import type { IncomingEvents, IncomingLink, OutgoingLink } from './link.js';
import { dialWebsocket, serveWebsockets, type Listener } from './websocket.js';

interface Endpoint {
  readonly address: string;
  readonly token: string;
}

export interface ServeTensorOptions extends Endpoint {
  /** A rank wants to hear what this one sends to it. */
  onReceiver(link: OutgoingLink): void;
}

export interface DialTensorOptions extends Endpoint, IncomingEvents {
  /** The rank that sends. */
  readonly peer: number;
  /** This rank. */
  readonly rank: number;
}

const RANK_HEADER = 'x-decentlab-rank';
/** The most that `ws` accepts for one message. */
const MAX_FRAME_BYTES = 2 ** 31 - 1;
/** A receiver has nothing to say yet. */
const MAX_RECEIVER_BYTES = 1024;
/** A sender waits while more than this lies in its buffers. */
const MAX_BUFFERED_BYTES = 16 << 20;
/** RFC 6455: the message is not acceptable; and the bytes of reason that a close frame may hold. */
const POLICY_VIOLATION = 1008;
const REASON_BYTES = 120;

/** Waits for the ranks that want to hear this one. */
export function serveTensors({
  address,
  token,
  onReceiver
}: ServeTensorOptions): Promise<Listener> {
  const onSocket = (socket: WebSocket, request: IncomingMessage): void => {
    const peer = Number(request.headers[RANK_HEADER]);
    if (Number.isInteger(peer) && peer >= 0) onReceiver(new SendingSocket(socket, peer));
    else socket.close(POLICY_VIOLATION, `The header ${RANK_HEADER} must hold a rank.`);
  };
  return serveWebsockets({ address, token, maxPayload: MAX_RECEIVER_BYTES, onSocket });
}

/** Begins to hear what `peer` sends to this rank. @throws if nobody answers, or the token is refused */
export async function dialTensors(options: DialTensorOptions): Promise<IncomingLink> {
  const { address, token, peer, rank } = options;
  let isClosed = false;
  const socket = await dialWebsocket({
    address,
    token,
    headers: { [RANK_HEADER]: String(rank) },
    maxPayload: MAX_FRAME_BYTES,
    onSocket: opening => hear(opening, { ...options, isClosed: () => isClosed })
  });
  const close = (): void => {
    isClosed = true;
    socket.close();
  };
  return { peer, close };
}

/** Hands on the frames of a socket, and its end if it was not this side that closed it. */
function hear(
  socket: WebSocket,
  { peer, onFrame, onLost, isClosed }: DialTensorOptions & { isClosed(): boolean }
): void {
  socket.binaryType = 'nodebuffer';
  let cause: string | undefined;
  let isOpen = false;
  let isRefused = false;
  socket.on('open', () => (isOpen = true));
  socket.on('error', error => (cause = error.message));
  socket.on('message', (data: RawData) => {
    // Frames behind one that is missing would answer the wrong calls.
    if (isRefused) return;
    try {
      onFrame(peer, decodeFrame(data as Buffer));
    } catch (error) {
      isRefused = true;
      cause = error instanceof Error ? error.message : String(error);
      socket.close(POLICY_VIOLATION, Buffer.from(cause).subarray(0, REASON_BYTES).toString());
    }
  });
  socket.on('close', () => {
    // A socket that never opened is the failure of the dial.
    if (isOpen && !isClosed()) onLost(peer, cause ?? 'the connection broke', isRefused);
  });
}

class SendingSocket implements OutgoingLink {
  readonly peer: number;
  readonly #socket: WebSocket;
  #ended: string | undefined;
  /** The last send: one follows the other, so that frames keep their order while buffers are full. */
  #last: Promise<void> = Promise.resolve();
  /** Goes on when the buffers are emptier. */
  #resume: (() => void) | undefined;

  constructor(socket: WebSocket, peer: number) {
    this.peer = peer;
    this.#socket = socket;
    socket.on('error', error => (this.#ended = error.message));
    socket.on('close', () => {
      this.#ended ??= 'the connection was closed';
      this.#wake();
    });
  }

  send(bytes: Buffer): Promise<void> {
    const sent = this.#last.then(() => this.#sendNow(bytes));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  close(): void {
    this.#socket.close();
  }

  async #sendNow(bytes: Buffer): Promise<void> {
    while (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES && this.#ended === undefined) {
      await new Promise<void>(resolve => (this.#resume = resolve));
    }
    if (this.#socket.readyState !== this.#socket.OPEN) this.#ended ??= 'the connection was closed';
    if (this.#ended !== undefined) {
      throw new DecentLabError('LINK_ENDED', { rank: this.peer, cause: this.#ended });
    }
    this.#socket.send(bytes, () => this.#wake());
  }

  #wake(): void {
    this.#resume?.();
  }
}
