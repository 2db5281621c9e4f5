/** What goes between two slow streams: each chunk behind its length, and when it came through the slower network. */
import type { Passage } from './card.js';

/** Length, first bit, last bit. */
export const STAMP_BYTES = 4 + 8 + 8;

/** What goes in front of a chunk of so many bytes. @param came when they are there, in ms of the machine's clock */
export function encodeStamp(bytes: number, { began, ended }: Passage): Buffer {
  const stamp = Buffer.allocUnsafe(STAMP_BYTES);
  stamp.writeUInt32LE(bytes, 0);
  stamp.writeDoubleLE(began, 4);
  stamp.writeDoubleLE(ended, 12);
  return stamp;
}

/** Later than this only a stranger says that something comes. */
const FUTURE_MS = 600_000;

/** Takes such a stream apart, whatever pieces it comes in. */
export class StampReader {
  readonly #stamp = Buffer.alloc(STAMP_BYTES);
  #stampBytes = 0;
  #bytes = 0;
  /** Bytes of the chunk that have come. */
  #come = 0;
  #came: Passage = { began: 0, ended: 0 };
  readonly #longest: number;
  readonly #onPart: (bytes: Buffer, came: Passage) => void;

  /**
   * @param longest bytes of a part
   * @param onPart hears a part of a chunk, and when its own first and last bit came
   */
  constructor(longest: number, onPart: (bytes: Buffer, came: Passage) => void) {
    this.#longest = longest;
    this.#onPart = onPart;
  }

  /** The next bytes of the stream. @param now the time, which counts where a stamp says nothing sensible */
  read(bytes: Buffer, now: number): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#come < this.#bytes) at += this.#take(bytes.subarray(at));
      else at += this.#begin(bytes.subarray(at), now);
    }
  }

  #begin(bytes: Buffer, now: number): number {
    const taken = bytes.copy(this.#stamp, this.#stampBytes);
    this.#stampBytes += taken;
    if (this.#stampBytes < STAMP_BYTES) return taken;
    this.#stampBytes = 0;
    this.#come = 0;
    this.#bytes = this.#stamp.readUInt32LE(0);
    const [began, ended] = [this.#stamp.readDoubleLE(4), this.#stamp.readDoubleLE(12)];
    this.#came = began <= ended && ended < now + FUTURE_MS ? { began, ended } : bothAt(now);
    return taken;
  }

  #take(bytes: Buffer): number {
    const part = bytes.subarray(0, Math.min(this.#longest, this.#bytes - this.#come));
    const { began, ended } = this.#came;
    const msPerByte = (ended - began) / this.#bytes;
    const from = began + this.#come * msPerByte;
    this.#come += part.length;
    const isLast = this.#come === this.#bytes;
    this.#onPart(part, { began: from, ended: isLast ? ended : began + this.#come * msPerByte });
    return part.length;
  }
}

/** Something without a length. */
export function bothAt(time: number): Passage {
  return { began: time, ended: time };
}
