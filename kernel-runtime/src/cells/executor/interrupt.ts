/** Stop: a request in shared memory that compiled cells look at, and that throws an ordinary error in them. */
import { currentRun, type RunContext } from './context.js';
import { CLEAR, HOT, NUMBER, REQUESTED, STATE } from './stop-memory.js';

/** Turns after which a loop looks closely, in case the plain read of the state was optimized away. */
const TURNS_PER_LOOK = 1000;
/** For so long, functions called by timers of a stopped run are looked for; calls are a little slower meanwhile. */
const WATCH_MS = 10_000;

/** Thrown in a cell that the user stopped. Variables are kept. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('Stopped. Variables are kept.');
  }
}

/** The functions that compiled cells call. */
export interface StopChecks {
  /** Once a turn of a loop: about a nanosecond when nobody asked to stop. */
  tick(): void;
  /** At the beginning of a function. */
  enter(): void;
  /** With what an `await` gave: a stopped cell that only waited does not go on. */
  resume<T>(value: T): T;
}

/** Looks after the requests to stop of one executor. */
export class StopFlag {
  readonly #memory: Int32Array;
  /** Stopped runs that may still have code under way. */
  readonly #stopped = new Set<RunContext>();
  #running: { readonly context: RunContext; onStop: () => void } | undefined;
  #lastNumber = 0;
  /** A Stop that has overtaken the run that it is meant for. */
  #early: number | undefined;
  /** Ends the time in which calls look for functions of a stopped run. */
  #watch: NodeJS.Timeout | undefined;
  #isCooling = false;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new Int32Array(memory);
  }

  /** Begins a run; its context tells whether a Stop has come before it. */
  begin(context: RunContext): void {
    this.look();
    this.#lastNumber = context.number;
    this.#running = { context, onStop: () => undefined };
    if (this.#early === context.number) this.#stop(context);
  }

  /** What the run gives. @throws what it throws; Interrupted as soon as the user stops it, whatever its code does */
  unlessStopped<T>(context: RunContext, evaluation: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onStop = (): void => reject(new Interrupted());
      if (this.#running?.context === context) this.#running.onStop = onStop;
      evaluation.then(
        value => {
          this.settle(context);
          resolve(value);
        },
        (error: Error) => {
          this.settle(context);
          reject(error);
        }
      );
      // It was stopped while it ran without a pause, and waits all the same; if it has ended, its own error counts.
      if (context.interrupted) queueMicrotask(onStop);
    });
  }

  /** Ends a run, or only the waiting for it. */
  end(context: RunContext): void {
    if (this.#running?.context === context) this.#running = undefined;
  }

  /** The code of a run has ended. */
  settle(context: RunContext): void {
    this.#stopped.delete(context);
  }

  /** Follows a request to stop, if there is one: the run that it names ends, also if it only waits. */
  look(): void {
    if (Atomics.load(this.#memory, STATE) !== REQUESTED) return;
    const number = Atomics.load(this.#memory, NUMBER);
    Atomics.compareExchange(this.#memory, STATE, REQUESTED, CLEAR);
    const running = this.#running?.context;
    if (running?.number === number) this.#stop(running);
    else if (number > this.#lastNumber) this.#early = number;
  }

  /** @param onBusy called now and then while a cell computes without a pause, when no timer runs */
  createChecks(onBusy: () => void): StopChecks {
    const memory = this.#memory;
    const stopped = this.#stopped;
    let turns = 0;
    const look = (): void => {
      turns = 0;
      onBusy();
      this.#check();
    };
    return {
      tick: () => {
        if (memory[STATE] !== CLEAR || ++turns > TURNS_PER_LOOK) look();
      },
      enter: () => {
        if (memory[STATE] !== CLEAR || ++turns > TURNS_PER_LOOK) look();
        else if (this.#watch && currentRun()?.interrupted) look();
      },
      resume: value => {
        if (stopped.size > 0) look();
        return value;
      }
    };
  }

  #check(): void {
    const here = currentRun();
    if (Atomics.load(this.#memory, STATE) === REQUESTED) {
      this.look();
      // Whoever asks cannot know that code of an earlier cell keeps the process busy: it has to stop as well.
      if (here !== this.#running?.context) this.#throwOut(here);
    }
    if (here?.interrupted) this.#throwOut(here);
  }

  #throwOut(run: RunContext | undefined): never {
    if (run) this.#mark(run);
    this.#heat();
    throw new Interrupted();
  }

  #stop(context: RunContext): void {
    this.#mark(context);
    // The cell's own error tells it.
    context.isStopTold = true;
    this.#heat();
    if (this.#running?.context === context) this.#running.onStop();
  }

  #mark(context: RunContext): void {
    context.interrupted = true;
    context.stop.abort(new Interrupted());
    this.#stopped.add(context);
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => (this.#watch = undefined), WATCH_MS).unref();
  }

  /** Until the event loop turns, every loop and function looks: cells may catch our error and go on. */
  #heat(): void {
    Atomics.compareExchange(this.#memory, STATE, CLEAR, HOT);
    if (this.#isCooling) return;
    this.#isCooling = true;
    setImmediate(() => {
      this.#isCooling = false;
      Atomics.compareExchange(this.#memory, STATE, HOT, CLEAR);
    });
  }
}
