/** What the error of a dial says of the peer: that it is busy, or that nothing is heard of it; else it is gone. */
import { DialRefused, HandshakeTimeout } from '../websocket.js';

const REQUEST_TIMEOUT = 408;
/** What the listener of a rank answers to a dial that it expects later, or not at all. */
export const CONFLICT = 409;
/** Before a dial is tried again for the first time, and at most. */
export const AGAIN_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const PAUSE_SHARE = 0.25;
/** A peer that answers is alive: on a machine with too much to do, so much patience costs nothing. */
export const BUSY_LIMIT_MS = 30_000;

const BUSY_STATUSES = new Set([CONFLICT, REQUEST_TIMEOUT]);
/** The listener has closed the connection; or has so many waiting that the system takes no more. */
const BUSY_CODES = new Set(['ECONNRESET', 'EPIPE', 'EAGAIN']);
const UNREACHABLE_CODES = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);

/**
 * The peer is there, but has a link of its own under way, or one of the two was too busy to shake hands in time. If its
 * process has ended meanwhile, nobody listens at the next dial.
 */
export function isBusy(error: NodeJS.ErrnoException): boolean {
  if (error instanceof DialRefused) return BUSY_STATUSES.has(error.status);
  return BUSY_CODES.has(error.code ?? '');
}

/** The peer has answered: it is alive, and its own dial is still to come or to fail. */
export function isConflict(error: Error): boolean {
  return error instanceof DialRefused && error.status === CONFLICT;
}

/** Milliseconds before a dial is tried again: whoever is busy is not asked ever faster. @param elapsed since the first one */
export function pauseAfter(elapsed: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(AGAIN_MS, PAUSE_SHARE * elapsed));
}

/** Nothing came back from where the peer is: its cable is cut, or its process is frozen. */
export function isUnanswered(error: NodeJS.ErrnoException): boolean {
  return error instanceof HandshakeTimeout || UNREACHABLE_CODES.has(error.code ?? '');
}
