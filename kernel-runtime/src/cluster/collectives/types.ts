/** What an engine gives to its communicator, and what it hears from it. */
import type { ErrorCode } from '../../errors.js';

/** A code of the error table and its details: the same sentence on every rank. */
export interface Reason {
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown>;
}

/** Ranks that a new epoch begins without. */
export interface Gone {
  /** They have no process now: calls that need them are rejected. */
  readonly lost?: readonly number[];
  /** The graph goes around them: calls of all ranks do without. */
  readonly absent?: readonly number[];
}

/** What the controller should know. */
export type CommunicatorEvent =
  /** Calls of two ranks cannot meet, or a link broke the rules: only a new epoch ends the pending calls. */
  | { readonly type: 'disagreement'; readonly reason: Reason }
  /** The link of a peer ended without a goodbye; calls that depend on it have been rejected. */
  | { readonly type: 'peer-lost'; readonly rank: number };

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

export interface EngineCommunicatorOptions {
  readonly rank: number;
  readonly size: number;
  /** The cluster's secret, 256 bits in hexadecimal. */
  readonly token: string;
  /** The private folder of the cluster's sockets. */
  readonly folder: string;
  /** The epoch to begin in. Defaults to 0. */
  readonly epoch?: number;
  report(event: CommunicatorEvent): void;
}
