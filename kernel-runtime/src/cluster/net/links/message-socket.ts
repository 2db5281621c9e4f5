/**
 * A control socket as it lies below `ws`: whole binary messages, which are nearly all there is, go in and out here; the
 * handshake, pings, closing and whatever else a stock peer may send are left to `ws`.
 */
import type { OnReadOpts } from 'node:net';
import { Duplex } from 'node:stream';

import { readsAhead } from '../../../platform.js';
import { frameOf } from './frame.js';
import { HandshakeEnd } from './handshake-end.js';
import { MessageFilter } from './message-filter.js';

/** Of this length, a read holds many small messages, or one large one. */
const READ_BYTES = 64 << 10;
/** Where every read begins and has been dealt with before the next; where the system reads ahead, it is nobody's. */
let readBuffer: Buffer | undefined;

function bufferToRead(): Buffer {
  if (readsAhead) return Buffer.allocUnsafeSlow(READ_BYTES);
  return (readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES));
}

export class MessageSocket {
  /** What `ws` reads and writes. */
  readonly stream: Duplex;
  /** Hears the messages; nothing may come before it is set. */
  onMessage: ((message: Buffer) => void) | undefined;
  readonly #raw: Duplex;
  readonly #isClient: boolean;

  /** Dials a server. @param connect opens the connection @param longest bytes of a message */
  static dial(connect: (reading: OnReadOpts) => Duplex, longest: number): MessageSocket {
    const ending = new HandshakeEnd();
    const onRead = (bytes: Buffer): void => {
      const answer = ending.isFound ? 0 : ending.look(bytes);
      if (answer > 0) raw.push(Buffer.from(bytes.subarray(0, answer)));
      if (answer < bytes.length) filter.take(bytes.subarray(answer));
    };
    const buffer = bufferToRead();
    const callback = (count: number): boolean => (onRead(buffer.subarray(0, count)), true);
    const raw = connect({ buffer, callback });
    const socket = new MessageSocket(raw, raw, true);
    const filter = socket.#filter(longest);
    return socket;
  }

  /** Takes the connection of a client over. @param longest bytes of a message */
  static accept(raw: Duplex, longest: number): MessageSocket {
    const stream = new Passage(raw);
    const socket = new MessageSocket(raw, stream, false);
    const filter = socket.#filter(longest);
    raw.on('data', (bytes: Buffer) => filter.take(bytes));
    // Nobody pauses it, so that what is read need not go through its queue: that costs as much as the rest of a read.
    const { push } = raw;
    raw.push = (bytes: Buffer | null) => {
      if (bytes === null) return push.call(raw, null);
      filter.take(bytes);
      return true;
    };
    return socket;
  }

  private constructor(raw: Duplex, stream: Duplex, isClient: boolean) {
    this.#raw = raw;
    this.stream = stream;
    this.#isClient = isClient;
  }

  /** Bytes that the system has not taken yet. */
  get bufferedBytes(): number {
    return this.#raw.writableLength;
  }

  /** Sends messages from `newMessage`, in one piece. @param onSent hears when the system has taken them */
  send(messages: readonly Buffer[], onSent?: () => void): void {
    if (!this.#raw.writable) return onSent?.();
    const frames = messages.map(message => frameOf(message, this.#isClient));
    this.#raw.write(frames.length === 1 ? frames[0] : Buffer.concat(frames), onSent);
  }

  #filter(longest: number): MessageFilter {
    return new MessageFilter({
      isMasked: !this.#isClient,
      longest,
      onMessage: message => this.onMessage?.(message),
      onOther: bytes => void this.stream.push(Buffer.from(bytes))
    });
  }
}

/** A connection without the messages that were taken out of it. */
class Passage extends Duplex {
  readonly #raw: Duplex;

  constructor(raw: Duplex) {
    super();
    this.#raw = raw;
    raw.on('end', () => this.push(null));
    raw.on('error', error => this.destroy(error));
    raw.on('close', () => this.destroy());
  }

  override _read(): void {
    // What comes is pushed: a control socket is never paused.
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#raw.write(bytes, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#raw.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#raw.destroy();
    done(error);
  }
}
