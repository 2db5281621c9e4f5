/** The sending end of an edge's bulk socket: granted payloads leave in chunks, by turns, few enough of them at a time. */
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { encodeHead } from '../../protocol/head.js';
import type { Outgoing } from './outgoing.js';
import { CHUNK_BYTES } from './sizes.js';

export interface BulkSenderOptions {
  readonly socket: WebSocket;
  /** What lies below the websocket. */
  readonly stream: Duplex;
  /** Bytes that may lie with the socket, in whole chunks. */
  readonly ahead: number;
  /** This rank. */
  readonly rank: number;
  onLost(): void;
}

export class BulkSender {
  readonly #options: BulkSenderOptions;
  /** Messages that may send, in turn. */
  #ready: Outgoing[] = [];
  #inFlight = 0;

  constructor(options: BulkSenderOptions) {
    this.#options = options;
    const { socket, onLost } = options;
    socket.on('error', () => undefined);
    socket.on('close', onLost);
    // The receiver has nothing to say here.
    socket.on('message', () => socket.terminate());
  }

  /** More of a message may leave. */
  push(message: Outgoing): void {
    if (!this.#ready.includes(message)) this.#ready.push(message);
    this.#pump();
  }

  close(): void {
    this.#options.socket.terminate();
  }

  #pump(): void {
    while (this.#inFlight * CHUNK_BYTES < this.#options.ahead) {
      const message = this.#ready.shift();
      if (!message) return;
      if (message.isDropped) continue;
      this.#sendChunk(message);
      if (message.mayGoOn) this.#ready.push(message);
    }
  }

  /** One websocket message: the head, and the pieces of the payload behind it. */
  #sendChunk(message: Outgoing): void {
    const { socket, stream, rank } = this.#options;
    const { pieces, length, number } = message.take(CHUNK_BYTES);
    const { epoch, sequence } = message;
    this.#inFlight++;
    const onWritten = (): void => {
      this.#inFlight--;
      message.settle();
      this.#pump();
    };
    stream.cork();
    socket.send(encodeHead({ kind: 'chunk', sender: rank, epoch, sequence, number, length }), {
      binary: true,
      fin: false
    });
    pieces.forEach((piece, k) => {
      const isLast = k === pieces.length - 1;
      socket.send(piece, { binary: true, fin: isLast }, isLast ? onWritten : undefined);
    });
    stream.uncork();
  }
}
