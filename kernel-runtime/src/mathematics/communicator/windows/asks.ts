/** What this rank has asked of others and still waits for. */
import { DecentLabError } from '../../../errors.js';
import { startTimeLimit } from '../time-limit.js';

/** A call, in the words of errors and reports. */
export interface Asking {
  /** The operation, e.g. `winPut`. */
  readonly op: string;
  /** The window. */
  readonly window: string;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** A call that waits, and the ranks it waits for. */
export interface PendingAsk extends Asking {
  readonly on: readonly number[];
  /** As of `Date.now()`. */
  readonly since: number;
}

interface Ask<A> extends PendingAsk {
  resolve(answer: A): void;
  reject(error: Error): void;
}

/** Asks whose answers are of type A. */
export class Asks<A> {
  readonly #asks = new Map<number, Ask<A>>();
  #count = 0;

  /**
   * Opens a wait for one or more ranks: its number, and what is answered.
   * @throws CALL_TIMEOUT through the promise, after the call's own limit
   */
  open(asking: Asking, on: readonly number[]): { id: number; answered: Promise<A> } {
    const id = (this.#count += 1);
    const answered = new Promise<A>((resolve, reject) => {
      const limit = startTimeLimit(asking.timeout, () => this.#expire(id));
      const over = (): void => {
        clearTimeout(limit);
        this.#asks.delete(id);
      };
      this.#asks.set(id, {
        ...asking,
        on,
        since: Date.now(),
        resolve: answer => (over(), resolve(answer)),
        reject: error => (over(), reject(error))
      });
    });
    // A cell may drop the promise; whoever awaits it still gets the error.
    answered.catch(() => undefined);
    return { id, answered };
  }

  answer(id: number, answer: A): void {
    this.#asks.get(id)?.resolve(answer);
  }

  /** Ends one wait, if it is not over already. */
  reject(id: number, error: Error): void {
    this.#asks.get(id)?.reject(error);
  }

  /** Ends the waits for a rank. */
  rejectRank(rank: number, toError: (ask: PendingAsk) => Error): void {
    for (const ask of [...this.#asks.values()]) {
      if (ask.on.includes(rank)) ask.reject(toError(ask));
    }
  }

  /** Ends all waits; true if there were any. */
  rejectAll(error: Error): boolean {
    const all = [...this.#asks.values()];
    for (const ask of all) ask.reject(error);
    return all.length > 0;
  }

  /** Oldest first. */
  pending(): PendingAsk[] {
    return [...this.#asks.values()];
  }

  #expire(id: number): void {
    const { op, window, on, timeout } = this.#asks.get(id)!;
    const call = `${op} "${window}"`;
    this.reject(
      id,
      new DecentLabError('CALL_TIMEOUT', { call, rank: on.join(', '), limit: timeout })
    );
  }
}
