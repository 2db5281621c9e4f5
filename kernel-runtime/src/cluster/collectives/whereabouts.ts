/**
 * Where in the program a call that waits was awaited. Nothing is noted when a call is made: when somebody asks, the
 * waiting function is woken for a moment, and its stack leads through all that await it.
 */

/** Between a call and its cell lie the frames of algorithms and helpers. */
const MAX_FRAMES = 50;
/** Wakes a waiting function without what it waits for. */
const QUESTION = Symbol('where do you wait?');

interface Waiting {
  readonly name: string | undefined;
  wake(question: typeof QUESTION): void;
  answer(place: Error | undefined): void;
}

export class Whereabouts {
  /** Oldest first. */
  readonly #waiting = new Set<Waiting>();

  /** Waits for what a call gives. @param name of the call, or of its window */
  async follow<T>(name: string | undefined, result: Promise<T>): Promise<T> {
    const waiting: Waiting = { name, wake: nothing, answer: nothing };
    this.#waiting.add(waiting);
    try {
      for (;;) {
        const next = await new Promise<T | typeof QUESTION>((resolve, reject) => {
          waiting.wake = resolve;
          result.then(resolve, reject);
        });
        if (next !== QUESTION) return next;
        waiting.answer(placeHere());
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
      waiting.wake(QUESTION);
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
