/**
 * Values that are there at once, or come later. A call to many engines passes a dozen functions in each of them, few of
 * which ever wait: as promises they cost more than all the rest, since each promise carries the context of its cell.
 */

/** A value, or the promise of one. */
export type Soon<T> = T | Promise<T>;

/** What `next` makes of a value: now, if the value is there. */
export function andThen<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** As `work`, with what `mend` makes of an error, whether it is thrown or comes later. */
export function orElse<T>(work: () => Soon<T>, mend: (error: unknown) => T): Soon<T> {
  try {
    const value = work();
    return value instanceof Promise ? value.catch(mend) : value;
  } catch (error) {
    return mend(error);
  }
}

/** Whether an `await` would wait for it: promises, and what behaves like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = typeof value === 'object' || typeof value === 'function';
  return isObject && typeof (value as { then?: unknown } | null)?.then === 'function';
}
