/** Holds calls back while a rank is suspended, and lets them go in the order in which they were made. */

/** A call that has not begun. */
export interface Held {
  readonly op: string;
  readonly name?: string | undefined;
  /** When it was made, as of `Date.now()`. */
  readonly since: number;
  start(): void;
  reject(error: Error): void;
}

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

  /** Starts a call once the gate is open. */
  hold<T>(call: Pick<Held, 'op' | 'name'>, start: () => Promise<T>): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      const { op, name } = call;
      this.#held.push({ op, name, since: Date.now(), start: () => resolve(start()), reject });
    });
    // A program may drop the promise; whoever awaits it still gets the error.
    promise.catch(() => undefined);
    return promise;
  }
}
