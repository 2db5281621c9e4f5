/** Stop: a flag in shared memory that compiled loops and functions look at, and that throws an ordinary error. */
import { Worker } from 'node:worker_threads';

import { currentRun, type RunContext } from './context.js';

/** Turns after which a tick reads the flag with a memory barrier, in case the plain read was optimized away. */
const TURNS_PER_BARRIER = 1000;

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
  #stopped: RunContext[] = [];
  #running: { context: RunContext; reject: (error: Interrupted) => void } | undefined;

  constructor(memory: SharedArrayBuffer) {
    this.#flag = new Int32Array(memory);
  }

  /** Begins a run; the promise rejects when the user stops it. */
  begin(context: RunContext): Promise<never> {
    // The code of an older stopped run that never looked at the flag is beyond our reach: stop watching it.
    this.#stopped = this.#stopped.slice(-1);
    this.#settle();
    const stopped = new Promise<never>((_, reject) => (this.#running = { context, reject }));
    stopped.catch(() => {});
    return stopped;
  }

  /** Ends a run: nothing remains to be stopped. */
  end(context: RunContext, isSettled: boolean): void {
    if (this.#running?.context === context) this.#running = undefined;
    if (isSettled) this.#stopped = this.#stopped.filter(other => other !== context);
    this.#settle();
  }

  /** Stops the running cell, also if it only waits. */
  interrupt(): void {
    const running = this.#running;
    if (!running) return this.#settle();
    this.#mark(running.context);
    running.reject(new Interrupted());
  }

  /** The function that compiled cells call in loops and functions: about a nanosecond when nobody asked to stop. */
  createTick(): () => void {
    const flag = this.#flag;
    let turns = 0;
    const look = (): void => {
      turns = 0;
      if (Atomics.load(flag, 0) !== 0) this.#onFlag();
    };
    return () => {
      if (flag[0] !== 0 || ++turns > TURNS_PER_BARRIER) look();
    };
  }

  #onFlag(): void {
    const here = currentRun();
    const isNew = this.#stopped.length === 0;
    if (isNew && this.#running) this.#mark(this.#running.context);
    if (here?.interrupted) throw new Interrupted();
    // A timer of an earlier cell keeps the process busy: it is what has to stop.
    if (isNew && here !== undefined) {
      this.#settle();
      throw new Interrupted();
    }
  }

  #mark(context: RunContext): void {
    context.interrupted = true;
    if (!this.#stopped.includes(context)) this.#stopped.push(context);
    Atomics.store(this.#flag, 0, 1);
  }

  #settle(): void {
    Atomics.store(this.#flag, 0, this.#stopped.length > 0 ? 1 : 0);
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
  worker.on('message', onIdleInterrupt);
  worker.unref();
  return { close: () => void worker.terminate() };
}
