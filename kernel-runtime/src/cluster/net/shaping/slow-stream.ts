/**
 * A connection as both of its ends see it in the slower network. What is written waits for its turn at the cards of this
 * end, and goes over the real socket with the time at which it does so there; what comes waits for the cards of this end,
 * from the time on that it bears. So whatever either process misses is made up for, and no byte is carried twice.
 */
import type { OnReadOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';

import type { Card } from './card.js';
import type { Events } from './events.js';
import { bothAt, encodeStamp, StampReader } from './stamps.js';
import { Way } from './way.js';

/** One direction. */
export interface Route {
  /** What it goes through at this end, one behind the other; one at least. */
  readonly cards: readonly Card[];
  /** Ms on the cable that this end adds. */
  readonly latency: number;
  /** The longest chunk: others have to wait for it. */
  readonly chunkBytes: number;
  /** Bytes that may wait for the cards; beyond, the sender waits. */
  readonly queueBytes: number;
}

export interface SlowStreamOptions {
  readonly raw: Socket;
  readonly events: Events;
  readonly out: Route;
  readonly into: Route;
  readonly reading?: OnReadOpts | undefined;
}

type Done = (error?: Error | null) => void;

export class SlowStream extends Duplex {
  readonly #options: SlowStreamOptions;
  readonly #out: Way;
  readonly #into: Way;
  /** When each of the pieces that wait was written: from then on it could have left. */
  readonly #writtenAt: number[] = [];
  /** Of the piece that is being written. */
  #done: Done | undefined;
  /** Bytes that have come and not gone through the cards. */
  #inside = 0;
  /** When the last bit of what has come is there. */
  #latest = 0;

  constructor(options: SlowStreamOptions) {
    super();
    this.#options = options;
    const { raw, events, out, into } = options;
    this.#out = new Way(out.cards);
    this.#into = new Way(into.cards);
    const { latency, chunkBytes } = into;
    const stamps = new StampReader(chunkBytes, (bytes, came) => {
      this.#come(bytes, { began: came.began + latency, ended: came.ended + latency });
    });
    raw.on('data', (bytes: Buffer) => events.happen(now => stamps.read(bytes, now)));
    raw.on('error', error => this.destroy(error));
    raw.on('close', () =>
      // Its sender's clock may be early: the end is not before what was sent before it.
      events.happen(now => this.#come(NOTHING, bothAt(Math.max(now + latency, this.#latest))))
    );
  }

  override write(piece: unknown, ...rest: unknown[]): boolean {
    this.#writtenAt.push(this.#options.events.time());
    return super.write(piece, ...(rest as []));
  }

  override _write(piece: Buffer, _: BufferEncoding, done: Done): void {
    // What `end` is given was not written before.
    const written = this.#writtenAt.shift() ?? this.#options.events.time();
    const onSent = (error?: Error | null): void => {
      if (!this.#done) return;
      this.#done = undefined;
      done(error);
    };
    this.#done = onSent;
    const { chunkBytes } = this.#options.out;
    let at = 0;
    do {
      const bytes = piece.subarray(at, at + chunkBytes);
      at += chunkBytes;
      this.#leave(bytes, written, at < piece.length ? undefined : onSent);
    } while (at < piece.length);
  }

  override _final(done: Done): void {
    const { raw, events } = this.#options;
    const onThrough = (): void => void (raw.destroyed ? done() : raw.end(done));
    this.#out.send({ bytes: 0, came: bothAt(events.time()), onThrough });
  }

  override _read(): void {
    if (!this.#isFull) this.#options.raw.resume();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#options.raw.destroy();
    // Its memory is free again, as all that is still to come does nothing.
    this.#done?.(error ?? new Error('The connection has ended.'));
    done(error);
  }

  get #isFull(): boolean {
    return this.#inside + this.readableLength > this.#options.into.queueBytes;
  }

  /** @param onSent hears when the system has taken the bytes */
  #leave(bytes: Buffer, written: number, onSent: Done | undefined): void {
    const { raw, out } = this.#options;
    this.#out.send({
      bytes: bytes.length,
      came: bothAt(written),
      onThrough: ({ began, ended }) => {
        // Where the socket has ended, the end is on its way to whoever writes.
        if (this.destroyed || raw.destroyed) return;
        const arrival = { began: began + out.latency, ended: ended + out.latency };
        raw.cork();
        raw.write(encodeStamp(bytes.length, arrival));
        raw.write(bytes, onSent);
        raw.uncork();
      }
    });
  }

  /** Bytes have come, or the end. They are there as soon as their last bit could be. */
  #come(bytes: Buffer, came: { began: number; ended: number }): void {
    const { raw, events } = this.#options;
    this.#inside += bytes.length;
    this.#latest = came.ended;
    if (this.#isFull) raw.pause();
    const onThrough = (): void => {
      this.#inside -= bytes.length;
      if (!this.destroyed) this.#deliver(bytes);
      if (!this.#isFull) raw.resume();
    };
    events.at(came.ended, () => this.#into.send({ bytes: bytes.length, came, onThrough }));
  }

  #deliver(bytes: Buffer): void {
    const { reading } = this.#options;
    if (bytes.length === 0) this.#end();
    else if (reading) read(reading, bytes);
    else this.push(bytes);
  }

  /** Who reads hears that there is no more before it hears that the connection is closed. */
  #end(): void {
    this.push(null);
    setImmediate(() => this.destroy());
  }
}

const NOTHING = Buffer.alloc(0);

/** Hands bytes over as the system does: in the memory that they are wanted in. */
function read({ buffer, callback }: OnReadOpts, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    const memory = typeof buffer === 'function' ? buffer() : buffer;
    const part = bytes.subarray(at, at + memory.length);
    memory.set(part);
    at += part.length;
    if (!callback(part.length, memory)) return;
  }
}
