/** One communication call of this rank, and the parts of it that wait for other ranks. */
import { DecentLabError } from '../../errors.js';
import type { PendingCall } from './types.js';

export interface Call {
  /** What the rank asked for, e.g. `neighborAllreduce` or `broadcast from rank 0`. */
  readonly op: string;
  /** Types, shapes and topology in words; equal on all ranks that meet in this call. */
  readonly signature: string;
  /** Which stream of an edge its frames belong to. */
  readonly stream: string;
  /** How many unnamed calls of all ranks this rank had entered before. */
  readonly era: number;
  readonly name?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  /** When it began, as of `Date.now()`. */
  readonly since: number;
}

/** A part of a call that waits for one rank. */
interface Wait {
  readonly call: Call;
  readonly rank: number;
  /** What the rank owes has begun to arrive. */
  isMet: boolean;
  reject(error: Error): void;
}

/** How what is waited for comes. */
export interface Coming<T> {
  resolve(value: T): void;
  /** It has begun to arrive: the rank need not do anything more for it. */
  meet(): void;
}

/** Which waits: those of a call for a rank, whether that has begun to arrive or not. */
export type Matches = (call: Call, rank: number, isMet: boolean) => boolean;

/** All waits of this rank. */
export class Waits {
  readonly #waits = new Set<Wait>();
  /** Calls that have failed already: what else they waited for keeps its place in the streams, and nobody hears of it. */
  readonly #failed = new WeakSet<Call>();

  /**
   * A promise for what `rank` owes to `call`; `begin` gets the way to fulfil it, and returns what is to be done if the
   * promise is rejected before.
   * @throws CALL_TIMEOUT through the promise, after the call's own time limit
   */
  open<T>(call: Call, rank: number, begin: (coming: Coming<T>) => () => void): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      let clock: NodeJS.Timeout | undefined;
      const wait: Wait = {
        call,
        rank,
        isMet: false,
        reject: error => (done(), this.#failed.add(call), abandon(), reject(error))
      };
      const done = (): void => {
        clearTimeout(clock);
        this.#waits.delete(wait);
      };
      this.#waits.add(wait);
      if (call.timeout !== undefined) clock = setTimeout(() => expire(wait), call.timeout);
      const abandon = begin({
        resolve: value => (done(), resolve(value)),
        meet: () => (wait.isMet = true)
      });
    });
    // A cell may drop the promise; whoever awaits it still gets the error.
    promise.catch(() => undefined);
    return promise;
  }

  /** Rejects the waits that match; true if a call has failed by that which had not failed before. */
  reject(matches: Matches, toError: (call: Call) => Error): boolean {
    const ending = [...this.#waits].filter(({ call, rank, isMet }) => matches(call, rank, isMet));
    const isNews = ending.some(({ call }) => !this.#failed.has(call));
    for (const wait of ending) wait.reject(toError(wait.call));
    return isNews;
  }

  /** The calls that wait, oldest first, each with all ranks it waits for. */
  pending(): PendingCall[] {
    const ranks = new Map<Call, Set<number>>();
    for (const { call, rank } of this.#waits) {
      if (this.#failed.has(call)) continue;
      ranks.set(call, (ranks.get(call) ?? new Set()).add(rank));
    }
    const oldestFirst = [...ranks].sort(([a], [b]) => a.since - b.since);
    return oldestFirst.map(([{ op, name, since }, on]) => ({
      op,
      ...(name === undefined ? {} : { name }),
      on: [...on].sort((a, b) => a - b),
      since
    }));
  }
}

function expire({ call, rank, reject }: Wait): void {
  reject(new DecentLabError('CALL_TIMEOUT', { call: call.op, rank, limit: call.timeout }));
}

/** The error of a call that needs a rank which is gone. */
export function lostError({ op: call }: Call, rank: number, why: Record<string, unknown>): Error {
  return new DecentLabError('PEER_LOST', { call, rank, ...why });
}
