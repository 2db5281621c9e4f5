/** What an engine gives to its communicator, and what it hears from it. */
import type { ErrorCode } from '../../errors.js';
import type { LinkShape } from '../../mathematics/graph/link.js';

/** A code of the error table and its details: the same sentence on every rank. */
export interface Reason {
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown>;
}

/** Ranks that a new epoch begins without. */
export interface Gone {
  /** They have no process now, or it is silent: calls that need them are rejected. */
  readonly lost?: readonly number[];
  /** Those of them whose process is there, but frozen or cut off. */
  readonly silent?: readonly number[];
  /** The graph goes around them: calls of all ranks do without. */
  readonly absent?: readonly number[];
}

/** What the controller should know. */
export type CommunicatorEvent =
  /** Calls of two ranks cannot meet, or a link broke the rules: only a new epoch ends the pending calls. */
  | { readonly type: 'disagreement'; readonly reason: Reason; readonly epoch: number }
  /** The link of a peer ended without a goodbye; calls that depend on it have been rejected. */
  | { readonly type: 'peer-lost'; readonly rank: number }
  /** A peer gives no sign of life on its link, or does so again. */
  | { readonly type: 'peer-silent' | 'peer-heard'; readonly rank: number }
  /** The rank has been given another topology. */
  | { readonly type: 'topology' };

/** What the links tell the thread of the cells. */
export type LinkEvent = CommunicatorEvent;

/** A call that waits for other ranks. */
export interface PendingCall {
  /** The operation, e.g. `neighborAllreduce`. */
  readonly op: string;
  readonly name?: string;
  /** The ranks it still waits for, ascending. */
  readonly on: number[];
  /** When it began, as of `Date.now()`. */
  readonly since: number;
}

/** What the links of a rank need to know. */
export interface LinkOptions {
  readonly rank: number;
  readonly size: number;
  /** The cluster's secret, 256 bits in hexadecimal. */
  readonly token: string;
  /** The private folder of the cluster's sockets. */
  readonly folder: string;
  /** The epoch to begin in. Defaults to 0. */
  readonly epoch?: number;
  /** What the links shall cost. Defaults to what they do. */
  readonly shape?: LinkShape | undefined;
  /** The address to listen on by TCP. Defaults to a socket of the machine. */
  readonly host?: string | undefined;
  /** Milliseconds within which a peer that says nothing any more is lost. Defaults to 5,000. */
  readonly heartbeat?: number;
}
