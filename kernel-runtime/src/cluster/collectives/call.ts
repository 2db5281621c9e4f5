/** One communication call of this rank, and the parts of it that wait for other ranks. */
import { DecentLabError } from '../../errors.js';
import { startTimeLimit } from '../../mathematics/communicator/time-limit.js';
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
  /** The ranks without any of which it cannot end, beside those that it waits for itself. */
  readonly needs?: readonly number[];
  /** Milliseconds. */
  readonly timeout?: number;
  /** When it began, as of `Date.now()`. */
  readonly since: number;
}

interface Settle<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** A part of a call that waits for one rank: a promise, and the way to settle it. */
export class Wait<T> {
  readonly call: Call;
  readonly rank: number;
  readonly promise: Promise<T>;
  /** What the rank owes has begun to arrive: it need not do anything more for it. */
  isMet = false;
  /** What is to be done if the promise is rejected. */
  abandon: (() => void) | undefined;
  readonly #waits: Waits;
  readonly #since = performance.now();
  readonly #clock: NodeJS.Timeout | undefined;
  #settle!: Settle<T>;

  constructor(waits: Waits, call: Call, rank: number) {
    this.call = call;
    this.rank = rank;
    this.#waits = waits;
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#clock = startTimeLimit(call.timeout, () => this.#expire());
  }

  resolve(value: T): void {
    this.#end();
    this.#settle.resolve(value);
  }

  reject(error: Error): void {
    this.#end();
    this.abandon?.();
    // A cell may drop the promise; whoever awaits it still gets the error.
    this.promise.catch(() => undefined);
    this.#settle.reject(error);
  }

  #end(): void {
    clearTimeout(this.#clock);
    this.#waits.forget(this, performance.now() - this.#since);
  }

  #expire(): void {
    const { rank } = this;
    const { op: call, timeout: limit } = this.call;
    this.#waits.fail(this, new DecentLabError('CALL_TIMEOUT', { call, rank, limit }));
  }
}

/** Which waits: those of a call for a rank, whether that has begun to arrive or not. */
export type Matches = (call: Call, rank: number, isMet: boolean) => boolean;

/** All waits of this rank. */
export class Waits {
  readonly #onEnd: (rank: number, ms: number) => void;
  readonly #waits = new Set<Wait<unknown>>();
  /** Calls that have failed already: what else they waited for keeps its place in the streams, and nobody hears of it. */
  readonly #failed = new WeakSet<Call>();

  /** @param onEnd hears how many ms something has waited for a rank */
  constructor(onEnd: (rank: number, ms: number) => void = () => undefined) {
    this.#onEnd = onEnd;
  }

  /** A wait for what `rank` owes to `call`, rejected with CALL_TIMEOUT after the call's own time limit. */
  open<T>(call: Call, rank: number): Wait<T> {
    const wait = new Wait<T>(this, call, rank);
    this.#waits.add(wait);
    return wait;
  }

  /** It is over, after so many ms. */
  forget(wait: Wait<unknown>, ms: number): void {
    this.#waits.delete(wait);
    this.#onEnd(wait.rank, ms);
  }

  /** Rejects a wait, and with it its call. */
  fail(wait: Wait<unknown>, error: Error): void {
    this.#failed.add(wait.call);
    wait.reject(error);
  }

  /** Rejects the waits that match; true if a call has failed by that which had not failed before. */
  reject(matches: Matches, toError: (call: Call) => Error): boolean {
    const ending = [...this.#waits].filter(({ call, rank, isMet }) => matches(call, rank, isMet));
    const isNews = ending.some(({ call }) => !this.#failed.has(call));
    for (const wait of ending) this.fail(wait, toError(wait.call));
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

/** Whether a call cannot end without this rank, on whomever it waits itself. */
export function needs({ needs: ranks = [] }: Call, rank: number): boolean {
  return ranks.includes(rank);
}

/** The error of a call that needs a rank which is gone. */
export function lostError({ op: call }: Call, rank: number, why: Record<string, unknown>): Error {
  return new DecentLabError('PEER_LOST', { call, rank, ...why });
}
