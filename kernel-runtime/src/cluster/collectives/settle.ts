/** How a call ends for whoever waits for it: a promise fewer for each hand that a result goes through. */

export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}
