/** The granted payloads of one peer: which chunk may come, where it goes, and when its memory is free again. */
import { frameInvalid, type Head } from '../../protocol/head.js';
import type { Landing } from './types.js';

interface Granted {
  readonly sequence: number;
  readonly length: number;
  /** Undefined once it was cancelled: the rest is read and thrown away. */
  landing: Landing | undefined;
  limit: number;
  arrived: number;
  chunks: number;
}

const DRAIN_BYTES = 64 << 10;
/** What nobody wants is read into this. */
let drain: Uint8Array | undefined;

export class Landings {
  readonly #granted = new Map<number, Granted>();
  /** The message whose chunk is arriving; undefined for a chunk of an epoch that is over. */
  #current: Granted | undefined;
  #base = 0;
  /** Memory that the system may write to at any moment. */
  #lent: Landing | undefined;
  /** A cancelled landing that still waits for its lent memory. */
  #leaving: Landing | undefined;
  #epoch = 0;

  /** The payload of a message may come up to `limit`. */
  add(sequence: number, given: { length: number; limit: number; landing: Landing }): void {
    this.#granted.set(sequence, { ...given, sequence, arrived: 0, chunks: 0 });
  }

  /** More of it may come. @returns false if nobody wants it any more */
  extend(sequence: number, limit: number): boolean {
    const granted = this.#granted.get(sequence);
    if (!granted?.landing) return false;
    granted.limit = limit;
    return true;
  }

  /** Nobody wants it any more: what still comes, of all of it, is thrown away. @returns what was granted before */
  cancel(sequence: number): { limit: number; length: number } | undefined {
    const granted = this.#granted.get(sequence);
    if (!granted?.landing) return undefined;
    this.#cancel(granted);
    const { limit, length } = granted;
    granted.limit = length;
    return { limit, length };
  }

  /** Cancels everything: chunks of an older epoch may still come. */
  cancelBefore(epoch: number): void {
    this.#epoch = epoch;
    for (const granted of this.#granted.values()) this.#cancel(granted);
    this.#granted.clear();
  }

  /** The socket has ended: nothing is written any more. */
  close(): void {
    this.#lent = undefined;
    this.#leaving?.released(false);
    this.#leaving = undefined;
    this.cancelBefore(this.#epoch);
    this.#current = undefined;
  }

  /** A chunk begins. @throws FRAME_INVALID if it was not granted */
  onHead({ kind, epoch, sequence, number, length }: Head): void {
    if (kind !== 'chunk' || length === 0)
      throw frameInvalid(`a head of the kind ${kind} among payloads`);
    const granted = this.#granted.get(sequence);
    this.#current = granted;
    this.#base = granted?.arrived ?? 0;
    if (!granted) {
      if (epoch < this.#epoch) return;
      throw frameInvalid(`a payload that was not granted (message ${sequence})`);
    }
    if (number !== granted.chunks || granted.arrived + length > granted.limit) {
      throw frameInvalid(`chunk ${number} of ${length} bytes, which was not granted`);
    }
    granted.chunks += 1;
  }

  place(offset: number): Uint8Array {
    const landing = this.#current?.landing;
    this.#lent = landing;
    return landing?.place(this.#base + offset) ?? (drain ??= new Uint8Array(DRAIN_BYTES));
  }

  onArrived(offset: number): void {
    this.#lent = undefined;
    this.#leaving?.released(false);
    this.#leaving = undefined;
    const current = this.#current;
    if (!current) return;
    current.arrived = this.#base + offset;
    current.landing?.arrived(current.arrived);
  }

  /** The chunk is whole. */
  onEnd(): void {
    const current = this.#current;
    this.#current = undefined;
    if (!current || current.arrived < current.length) return;
    this.#granted.delete(current.sequence);
    current.landing?.released(true);
  }

  #cancel(granted: Granted): void {
    const { landing } = granted;
    granted.landing = undefined;
    if (landing && landing === this.#lent) this.#leaving = landing;
    else landing?.released(false);
  }
}
