/** Takes whole binary messages out of a stream of websocket frames; everything else in it is left to `ws`. */
import { LONGEST_HEADER, readHeader } from './frame.js';

/** Shorter messages share memory, which costs a fraction of memory of their own; arrays in them are copied out. */
const SHARED_BYTES = 4 << 10;

export interface FilterOptions {
  /** Whether the peer is a client, whose frames have masks. */
  readonly isMasked: boolean;
  /** Longer messages are left to `ws`, which refuses them. */
  readonly longest: number;
  /** A message; a long one in memory of its own. */
  onMessage(message: Buffer): void;
  /** Bytes for `ws`: only good until this returns. */
  onOther(bytes: Uint8Array): void;
}

export class MessageFilter {
  readonly #options: FilterOptions;
  /** The beginning of a header whose end has not come yet. */
  readonly #header = Buffer.alloc(LONGEST_HEADER);
  #headerBytes = 0;
  #message: Buffer | undefined;
  #filled = 0;
  /** Bytes of a frame that is not for us. */
  #passing = 0;

  constructor(options: FilterOptions) {
    this.#options = options;
  }

  /** The next bytes of the stream. */
  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#message) at += this.#fill(this.#message, bytes, at);
      else if (this.#passing > 0) at += this.#pass(bytes, at);
      else at += this.#begin(bytes, at);
    }
  }

  /** @returns how many bytes it has taken */
  #begin(bytes: Uint8Array, at: number): number {
    const { isMasked } = this.#options;
    if (this.#headerBytes === 0) {
      const header = readHeader(bytes, at, isMasked);
      if (header) {
        this.#open(header, bytes.subarray(at, at + header.bytes));
        return header.bytes;
      }
    }
    this.#header[this.#headerBytes++] = bytes[at];
    const begun = this.#header.subarray(0, this.#headerBytes);
    const header = readHeader(begun, 0, isMasked);
    if (header) {
      this.#headerBytes = 0;
      this.#open(header, begun);
    }
    return 1;
  }

  #open({ length, isMessage }: { length: number; isMessage: boolean }, bytes: Uint8Array): void {
    if (isMessage && length <= this.#options.longest) {
      this.#message =
        length < SHARED_BYTES ? Buffer.allocUnsafe(length) : Buffer.from(new ArrayBuffer(length));
      this.#filled = 0;
    } else {
      this.#options.onOther(bytes);
      this.#passing = length;
    }
  }

  #fill(message: Buffer, bytes: Uint8Array, at: number): number {
    const count = Math.min(message.length - this.#filled, bytes.length - at);
    message.set(
      at === 0 && count === bytes.length ? bytes : bytes.subarray(at, at + count),
      this.#filled
    );
    this.#filled += count;
    if (this.#filled === message.length) {
      this.#message = undefined;
      this.#options.onMessage(message);
    }
    return count;
  }

  #pass(bytes: Uint8Array, at: number): number {
    const count = Math.min(this.#passing, bytes.length - at);
    this.#passing -= count;
    this.#options.onOther(bytes.subarray(at, at + count));
    return count;
  }
}
