/** The result of a call on engines: await it for the values, or watch its progress. */

/** How many ranks are done. */
export interface Progress {
  readonly finished: number;
  readonly total: number;
}

/** A promise with progress. Errors of engines reject it with a ClusterError. */
export class AsyncResult<T> implements PromiseLike<T> {
  readonly #value: Promise<T>;
  readonly #watchers = new Set<(progress: Progress) => void>();
  #progress: Progress;

  /** @param start begins the call; it reports each rank that is done */
  constructor(total: number, start: (onFinished: () => void) => Promise<T>) {
    this.#progress = { finished: 0, total };
    this.#value = start(() => this.#advance());
    // A result that nobody awaits is no unhandled rejection; whoever awaits it still hears of the error.
    this.#value.catch(() => undefined);
  }

  /** How far the call is now. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Calls `watcher` whenever one more rank is done. */
  onProgress(watcher: (progress: Progress) => void): this {
    this.#watchers.add(watcher);
    return this;
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return this.#value.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected: (reason: unknown) => B | PromiseLike<B>): Promise<T | B> {
    return this.#value.catch(onRejected);
  }

  finally(onFinally: () => void): Promise<T> {
    return this.#value.finally(onFinally);
  }

  /** What a cell shows that forgets to wait for it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { finished, total } = this.#progress;
    return `AsyncResult { ${finished} of ${total} ranks done } – \`await\` it for the values`;
  }

  #advance(): void {
    const { finished, total } = this.#progress;
    this.#progress = { finished: finished + 1, total };
    for (const watcher of this.#watchers) watcher(this.#progress);
  }
}
