/** One direction of an edge between two ranks: the frames that one engine sends another. */

import type { Frame } from '../protocol/frame.js';

export { encodeFrame, type Frame } from '../protocol/frame.js';

/** The receiving end. What is behind it may change: whole messages today, bytes that land in place later. */
export interface IncomingLink {
  /** The rank that sends. */
  readonly peer: number;
  /** Closes the link; nothing more is heard of it. */
  close(): void;
}

/** What the receiving end hears. */
export interface IncomingEvents {
  /** A whole frame, checked. Bytes that are no frame close the link. */
  onFrame(peer: number, frame: Frame): void;
  /** The link has ended without `close()`: its cause in words, and whether this end refused what the peer sent. */
  onLost(peer: number, cause: string, isRefused: boolean): void;
}

/** The sending end. */
export interface OutgoingLink {
  /** The rank that receives. */
  readonly peer: number;
  /** Sends an encoded frame. Resolves once little enough waits to be sent; rejects if the link has ended. */
  send(bytes: Buffer): Promise<void>;
  close(): void;
}
