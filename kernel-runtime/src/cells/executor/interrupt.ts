/** Stop: a flag in shared memory that compiled loops and functions look at, and that throws an ordinary error. */
import { Worker } from 'node:worker_threads';

import { currentRun, type RunContext } from './context.js';

/** Turns after which a tick reads the flag with a memory barrier, in case the plain read was optimized away. */
const TURNS_PER_BARRIER = 1000;

/** For so many later runs, code that a stopped run left behind is still looked for; meanwhile every tick is slower. */
const WATCHED_RUNS = 1;

/** States of the flag: nothing; code of a stopped run may still be under way; someone has just asked to stop. */
const CLEAR = 0;
const HELD = 1;
export const REQUESTED = 2;

/** Thrown in a cell that the user stopped. Variables are kept. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('Stopped. Variables are kept.');
  }
}

/** Looks after the stop flag of one executor. */
export class StopFlag {
  readonly #flag: Int32Array;
  /** Runs that were stopped and may still have code under way; the flag stays up for them. */
  #stopped: { readonly context: RunContext; runsSince: number }[] = [];
  #running: { context: RunContext; reject: (error: Interrupted) => void } | undefined;

  constructor(memory: SharedArrayBuffer) {
    this.#flag = new Int32Array(memory);
  }

  /** Begins a run; the promise rejects when the user stops it. */
  begin(context: RunContext): Promise<never> {
    // The code of an older stopped run that never looked at the flag is beyond our reach: stop watching it.
    for (const stopped of this.#stopped) stopped.runsSince++;
    this.#stopped = this.#stopped.filter(({ runsSince }) => runsSince <= WATCHED_RUNS);
    this.#settleUnlessRequested();
    const stopped = new Promise<never>((_, reject) => (this.#running = { context, reject }));
    stopped.catch(() => {});
    return stopped;
  }

  /** Ends a run: nothing remains to be stopped. */
  end(context: RunContext, isSettled: boolean): void {
    if (this.#running?.context === context) this.#running = undefined;
    if (isSettled) this.#stopped = this.#stopped.filter(stopped => stopped.context !== context);
    this.#settleUnlessRequested();
  }

  /** Stops the running cell, also if it only waits. */
  interrupt(): void {
    const running = this.#running;
    if (running) this.#mark(running.context);
    this.#settle();
    running?.reject(new Interrupted());
  }

  /**
   * The function that compiled cells call in loops and functions: about a nanosecond when nobody asked to stop.
   * @param onBusy called now and then while a cell computes without a pause, when no timer runs
   */
  createTick(onBusy: () => void): () => void {
    const flag = this.#flag;
    let turns = 0;
    const look = (): void => {
      turns = 0;
      onBusy();
      if (Atomics.load(flag, 0) !== CLEAR) this.#onFlag();
    };
    return () => {
      if (flag[0] !== CLEAR || ++turns > TURNS_PER_BARRIER) look();
    };
  }

  #onFlag(): void {
    const here = currentRun();
    const isNew = Atomics.load(this.#flag, 0) === REQUESTED;
    if (isNew && this.#running) this.#mark(this.#running.context);
    if (isNew) this.#settle();
    // Without a mark, it is a timer of an earlier cell that keeps the process busy: it has to stop, this once.
    if (here?.interrupted || isNew) throw new Interrupted();
  }

  #mark(context: RunContext): void {
    context.interrupted = true;
    if (!this.#stopped.some(stopped => stopped.context === context))
      this.#stopped.push({ context, runsSince: 0 });
  }

  #settle(): void {
    Atomics.store(this.#flag, 0, this.#stopped.length > 0 ? HELD : CLEAR);
  }

  /** As `#settle`, but a request that nobody has seen yet stays. */
  #settleUnlessRequested(): void {
    const next = this.#stopped.length > 0 ? HELD : CLEAR;
    Atomics.compareExchange(this.#flag, 0, next === HELD ? CLEAR : HELD, next);
  }
}

/**
 * Watches file descriptor 3, a pipe from the parent process: each byte `i` is a Stop, its end means that the parent is gone,
 * and then this process ends at once, so that no orphan survives. Works while the main thread is busy.
 * @param onIdleInterrupt called on the main thread, as soon as it is free, after each Stop
 */
export function startInterruptWatch(
  memory: SharedArrayBuffer,
  onIdleInterrupt: () => void
): { close(): void } {
  const worker = new Worker(new URL('./interrupt-worker.js', import.meta.url), {
    workerData: memory
  });
  const flag = new Int32Array(memory);
  // A loop may have seen the request before, and its cell may have ended since.
  worker.on('message', () => Atomics.load(flag, 0) === REQUESTED && onIdleInterrupt());
  worker.unref();
  return { close: () => void worker.terminate() };
}
