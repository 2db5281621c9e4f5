/** Holds calls back while a rank is suspended, and lets them go in the order in which they were made. */
import { DecentLabError } from '../../errors.js';
import { startTimeLimit } from './time-limit.js';

/** A call that has not begun. */
export interface Held {
  readonly op: string;
  readonly name?: string | undefined;
  /** When it was made, as of `Date.now()`. */
  readonly since: number;
  start(): void;
  reject(error: Error): void;
}

/** A call that is to wait. */
export interface Holding extends Pick<Held, 'op' | 'name'> {
  /** The rank whose call it is. */
  readonly rank: number;
  /** Milliseconds. Defaults to no limit. */
  readonly timeout?: number | undefined;
}

/** A held call in the words of errors and reports. */
export const heldInWords = (op: string): string => `${op} (suspended until resume())`;

export class Gate {
  #held: Held[] = [];
  #isClosed = false;

  /** Whether calls wait here. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The calls that wait, oldest first. */
  get waiting(): readonly Held[] {
    return this.#held;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Starts what was held, one after the other and at once, before any call that is made later. */
  open(): void {
    this.#isClosed = false;
    for (const { start } of this.#held.splice(0)) start();
  }

  /** Rejects what was held; the gate stays as it is. */
  reject(error: Error): void {
    for (const { reject } of this.#held.splice(0)) reject(error);
  }

  /** Starts a call once the gate is open. @throws CALL_TIMEOUT through the promise, if its limit passes before */
  hold<T>({ op, name, rank, timeout }: Holding, start: () => Promise<T>): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      const expire = (): void => {
        this.#held.splice(this.#held.indexOf(held), 1);
        reject(new DecentLabError('CALL_TIMEOUT', { call: heldInWords(op), rank, limit: timeout }));
      };
      const limit = startTimeLimit(timeout, expire);
      const held: Held = {
        ...{ op, name, since: Date.now() },
        start: () => (clearTimeout(limit), resolve(start())),
        reject: error => (clearTimeout(limit), reject(error))
      };
      this.#held.push(held);
    });
    // A program may drop the promise; whoever awaits it still gets the error.
    promise.catch(() => undefined);
    return promise;
  }
}
