/**
 * Where in the program a call that waits was awaited. Nothing is noted when a call is made: when somebody asks, the
 * waiting function is woken for a moment, and its stack leads through all that await it.
 */
import type { Settle } from './settle.js';

/** Between a call and its cell lie the frames of algorithms and helpers. */
const MAX_FRAMES = 50;

/** A function that waits. It is woken by its question, or because what it waits for has come. */
class Waiting<T> implements Settle<T | Promise<T>> {
  readonly name: string | undefined;
  /** What it waited for, once that has come. */
  outcome: { readonly value: T | Promise<T> } | { readonly error: unknown } | undefined;
  wake: () => void = nothing;
  answer: (place: Error | undefined) => void = nothing;

  constructor(name: string | undefined) {
    this.name = name;
  }

  resolve(value: T | Promise<T>): void {
    this.outcome = { value };
    this.wake();
  }

  reject(error: unknown): void {
    this.outcome = { error };
    this.wake();
  }
}

export class Whereabouts {
  /** Oldest first. */
  readonly #waiting = new Set<Waiting<unknown>>();

  /**
   * Begins a call and waits for what it gives.
   * @param name of the call, or of its window
   * @throws what `begin` throws, and the error of the call
   */
  async follow<T>(
    name: string | undefined,
    begin: (settle: Settle<T | Promise<T>>) => void
  ): Promise<T> {
    const waiting = new Waiting<T>(name);
    begin(waiting);
    this.#waiting.add(waiting);
    try {
      for (;;) {
        const { outcome } = waiting;
        if (outcome && 'error' in outcome) throw outcome.error;
        // Awaiting what is no promise would cost another turn of the microtasks.
        if (outcome) return outcome.value instanceof Promise ? await outcome.value : outcome.value;
        await new Promise<void>(resolve => (waiting.wake = resolve));
        if (!waiting.outcome) waiting.answer(placeHere());
      }
    } finally {
      this.#waiting.delete(waiting);
      waiting.answer(undefined);
    }
  }

  /** An error with the stack of the oldest call of this name that waits, or of the oldest of all; undefined if none does. */
  find(name: string | undefined): Promise<Error | undefined> {
    const all = [...this.#waiting];
    const waiting = all.find(call => call.name === name) ?? all[0];
    if (!waiting) return Promise.resolve(undefined);
    return new Promise(resolve => {
      waiting.answer = resolve;
      waiting.wake();
    });
  }
}

function nothing(): void {}

function placeHere(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = MAX_FRAMES;
  try {
    return new Error('waiting');
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
