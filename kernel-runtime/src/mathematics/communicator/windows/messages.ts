/** What ranks say to each other about windows: requests, each answered once, and the release of a mutex. */
import type { ErrorCode } from '../../../errors.js';
import type { Load } from './window.js';

/** What a rank asks of another. */
export type RequestKind = 'put' | 'accumulate' | 'get' | 'lock';

interface Numbered {
  /** The number that the asking rank gave to the request. */
  readonly id: number;
}

export interface WindowRequest extends Load, Numbered {
  readonly kind: RequestKind;
  /** The name of the window, and which one of this name. */
  readonly window: string;
  readonly creation: string;
  /** Whether it waits for the mutex. */
  readonly requireMutex: boolean;
}

/** Ends a `lock`, whether it was granted or not. Not answered. */
export interface WindowRelease extends Numbered {
  readonly kind: 'release';
  readonly window: string;
}

/** The request is done; `datas` is what a `get` asked for. */
export interface WindowAnswer extends Load, Numbered {
  readonly kind: 'answer';
}

/** The request could not be done. */
export interface WindowRefusal extends Numbered {
  readonly kind: 'refusal';
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type WindowMessage = WindowRequest | WindowRelease | WindowAnswer | WindowRefusal;

/** The way to the other ranks. Messages to one rank arrive there in the order in which they were sent. */
export interface WindowPeers {
  send(to: number, message: WindowMessage): void;
}
