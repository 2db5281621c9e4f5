/** What may lie with the receiver of an edge before it has consumed anything: counted at both ends, given back in bulk. */
import { frameInvalid, HEAD_BYTES } from '../../protocol/head.js';
import { ANNOUNCED_BUDGET, EAGER_BUDGET } from './sizes.js';

/** A head and a little more: what a message takes even without a payload. */
const MESSAGE_BYTES = 4 * HEAD_BYTES;
/** Credit is given back when it has become this share of the budget. */
const RETURNED_SHARE = 1 / 4;

/** What a small message of so many bytes takes of the budget. */
export function eagerCost(length: number): number {
  return length + MESSAGE_BYTES;
}

/** The sender's side. */
export class BudgetOut {
  #bytes = 0;
  #announced = 0;

  /** Takes room for a small message, if there is some. */
  take(length: number): boolean {
    if (this.#bytes + eagerCost(length) > EAGER_BUDGET) return false;
    this.#bytes += eagerCost(length);
    return true;
  }

  /** Takes room for an announcement, if there is some. */
  announce(): boolean {
    if (this.#announced >= ANNOUNCED_BUDGET) return false;
    this.#announced += 1;
    return true;
  }

  /** The receiver gives back. @throws FRAME_INVALID if that is more than it has */
  give(bytes: number, announced: number): void {
    if (bytes > this.#bytes || announced > this.#announced) {
      throw frameInvalid(`credit for ${bytes} bytes and ${announced} announcements`);
    }
    this.#bytes -= bytes;
    this.#announced -= announced;
  }
}

/** The receiver's side. */
export class BudgetIn {
  /** What the sender may not use yet: consumed or not. */
  #bytes = 0;
  #announced = 0;
  /** What of it was consumed, and the sender does not know. */
  #bytesBack = 0;
  #announcedBack = 0;

  /** A small message has come. @throws FRAME_INVALID if there was no room for it */
  take(length: number): void {
    this.#bytes += eagerCost(length);
    if (this.#bytes > EAGER_BUDGET)
      throw frameInvalid('more small messages than there was credit for');
  }

  /** An announcement has come. @throws FRAME_INVALID if there was no room for it */
  announce(): void {
    this.#announced += 1;
    if (this.#announced > ANNOUNCED_BUDGET)
      throw frameInvalid('more announcements than there was credit for');
  }

  /** A message was consumed; `length` of a small one. @returns what the sender should be told, if it is enough by now */
  consume(length: number | undefined): { bytes: number; announced: number } | undefined {
    if (length === undefined) this.#announcedBack += 1;
    else this.#bytesBack += eagerCost(length);
    const [bytes, announced] = [this.#bytesBack, this.#announcedBack];
    const isEnough =
      bytes >= EAGER_BUDGET * RETURNED_SHARE || announced >= ANNOUNCED_BUDGET * RETURNED_SHARE;
    if (!isEnough) return undefined;
    this.#bytes -= bytes;
    this.#announced -= announced;
    this.#bytesBack = 0;
    this.#announcedBack = 0;
    return { bytes, announced };
  }
}
