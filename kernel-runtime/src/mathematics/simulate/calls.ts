/** What the simulated network knows of the calls of all ranks. */
import type { Held } from '../communicator/gate.js';
import type { LeafData } from '../communicator/values.js';
import type { Passage } from './clock.js';

/** One communication call of one rank. */
export interface Call {
  readonly rank: number;
  /** What the rank asked for, e.g. `neighborAllreduce` or `broadcast from rank 0`. */
  readonly op: string;
  readonly signature: string;
  readonly name?: string | undefined;
  /** In ms of this process's time. */
  readonly timeout?: number | undefined;
  /** How many unnamed calls of all ranks this rank had entered before; set by the network. */
  era?: number;
  /** When it can send at the earliest, in simulated ms; set by the network. */
  at?: number;
}

export type Arrays = readonly LeafData[];

/** One message. Its arrays are the sender's own until `isRead` or until the sender's call ends, which copies them. */
export interface Parcel {
  readonly call: Call;
  readonly passage: Passage;
  datas: Arrays;
  isRead: boolean;
}

/** The arrays that a call ends with, and when, in simulated ms. */
export interface Ended {
  readonly datas: Arrays;
  readonly at: number;
}

/** What a call said, for the sentence of a disagreement. */
export const saying = ({ op, signature }: Call): string =>
  `called ${op}${signature ? ` with ${signature}` : ''}`;

/** What a call waits for, for the sentence of a deadlock. */
export const waitingIn = ({ rank, op, name }: Call, on: readonly number[]): string =>
  `rank ${rank} waits in ${op}${name === undefined ? '' : ` named "${name}"`} for rank ${on.join(', ')}`;

/** What a rank waits for that is suspended, for the same sentence. */
export const suspendedIn = (rank: number, { op, name }: Held): string =>
  `rank ${rank} waits in ${op}${name === undefined ? '' : ` named "${name}"`} for its own resume()`;
