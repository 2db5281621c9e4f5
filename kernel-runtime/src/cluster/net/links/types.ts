/** What a rank sends to another, what it hears of it, and where large payloads land. */

export { frameInvalid } from '../../protocol/head.js';

/** What a message says of itself. The link looks at the epoch only. */
export interface MessageHead {
  /** Frames of an older epoch are dropped by whoever receives them. */
  readonly epoch: number;
  readonly era: number;
  /** Which kind of stream, 0 … 255. */
  readonly stream: number;
  readonly number: number;
}

/** A message to send. */
export interface Message extends MessageHead {
  /** Text that the receiver parses once, however many messages have it. */
  readonly words: string;
  /** Bytes, one part behind the other. A large payload is read where it lies. */
  readonly payload: readonly Uint8Array[];
}

/** A message that has come, or the announcement of one. `Words` is what the receiver makes of its words. */
export interface Arrival<Words> extends MessageHead {
  /** The rank that sends. */
  readonly from: number;
  readonly words: Words;
  /** Bytes of the payload. */
  readonly length: number;
  readonly sequence: number;
  /** All of a small message; undefined where the payload waits for a grant. */
  readonly payload: Buffer | undefined;
}

/** Where the payload of a large message lands. */
export interface Landing {
  /** Where the bytes from `offset` on go: one byte at least, none beyond the limit that was granted. */
  place(offset: number): Uint8Array;
  /** Everything before `offset` has arrived. */
  arrived(offset: number): void;
  /** Nothing is written to any place any more. @param isWhole whether everything has arrived */
  released(isWhole: boolean): void;
}

/** What a rank hears of its peers. An error that one of the first three throws closes the link by its name. */
export interface LinkEvents<Words> {
  parseWords(text: string): Words;
  onArrival(arrival: Arrival<Words>): void;
  /** A message outside of all streams. */
  onSignal(from: number, bytes: Buffer): void;
  /** The link has ended, not by `close`: its cause in words, and whether one end refused what the other sent. */
  onLost(rank: number, cause: string, isRefused: boolean): void;
  /** Nothing was heard of a peer for too long, its link is lost at once; whether it had ever answered. */
  onSilent?(rank: number, wasLinked: boolean): void;
  /** A peer that was silent can be reached again, or its process is another one. */
  onHeard?(rank: number): void;
}

/** What went over the links with one peer, since this process began. */
export interface LinkCount {
  readonly rank: number;
  readonly sentBytes: number;
  readonly sentMessages: number;
  readonly receivedBytes: number;
  readonly receivedMessages: number;
}

export type MutableCount = { -readonly [Key in keyof LinkCount]: LinkCount[Key] };
