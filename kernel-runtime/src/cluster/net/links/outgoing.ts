/** A large message on its way: what of its payload was granted, what has left, and when its memory is free again. */

export interface OutgoingOptions {
  readonly epoch: number;
  readonly sequence: number;
  /** The payload: these bytes, one behind the other. */
  readonly parts: readonly Uint8Array[];
}

/** A part of a payload that leaves together. */
export interface Piece {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  /** Its place in the order of the message's chunks. */
  readonly number: number;
}

export class Outgoing {
  readonly epoch: number;
  readonly sequence: number;
  readonly length: number;
  /** Settles when nobody reads the payload any more: all of it has left, or none of it will. */
  readonly freed: Promise<void>;
  readonly #parts: readonly Uint8Array[];
  #granted = 0;
  #sent = 0;
  #chunks = 0;
  #writing = 0;
  #isDropped = false;
  #free!: () => void;

  constructor({ epoch, sequence, parts }: OutgoingOptions) {
    this.epoch = epoch;
    this.sequence = sequence;
    this.#parts = parts;
    this.length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.freed = new Promise(resolve => (this.#free = resolve));
  }

  get granted(): number {
    return this.#granted;
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** Whether all of it has been handed to the socket. */
  get isSent(): boolean {
    return this.#sent === this.length;
  }

  get mayGoOn(): boolean {
    return this.#sent < this.#granted && !this.#isDropped;
  }

  /** The payload may leave up to `limit`. */
  grant(limit: number): void {
    this.#granted = limit;
  }

  /** The next piece, of `most` bytes at most; it is being written until `settle`. */
  take(most: number): Piece {
    const length = Math.min(most, this.#granted - this.#sent);
    const pieces = slices(this.#parts, this.#sent, length);
    this.#sent += length;
    this.#writing++;
    return { pieces, length, number: this.#chunks++ };
  }

  /** A piece was written, or cannot be any more. */
  settle(): void {
    this.#writing--;
    this.#look();
  }

  /** Nothing more of it will leave. */
  drop(): void {
    this.#isDropped = true;
    this.#look();
  }

  #look(): void {
    if (this.#writing === 0 && (this.isSent || this.#isDropped)) this.#free();
  }
}

/** The bytes from `start` on that lie in some parts, where they lie. */
export function slices(
  parts: readonly Uint8Array[],
  start: number,
  length: number
): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let [from, left] = [start, length];
  for (const part of parts) {
    if (left === 0) break;
    if (from >= part.byteLength) from -= part.byteLength;
    else {
      const piece = part.subarray(from, from + left);
      found.push(piece);
      left -= piece.byteLength;
      from = 0;
    }
  }
  return found;
}
