/** Which run a piece of code belongs to, also in timers and promises that outlive the cell. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** What its parent process calls a run. */
export interface Run {
  /** Given back with each of its outputs. */
  readonly id: string;
  /** Grows with every run of this process: a Stop names the run that it is meant for by this number. */
  readonly number: number;
}

export class RunContext implements Run {
  readonly id: string;
  readonly number: number;
  /** Set by Stop; from then on this run's loops and functions throw. */
  interrupted = false;
  /** The user knows that it was stopped. */
  isStopTold = false;
  #stop: AbortController | undefined;

  /** The context of a run that begins. */
  constructor({ id, number }: Run) {
    this.id = id;
    this.number = number;
  }

  /** Aborted by Stop: for what waits, or works elsewhere, on behalf of this run. Most runs never ask for it. */
  get stop(): AbortController {
    return (this.#stop ??= new AbortController());
  }
}

const storage = new AsyncLocalStorage<RunContext>();

/** Runs `body` so that everything that it starts belongs to `context`. */
export function runIn<T>(context: RunContext, body: () => T): T {
  return storage.run(context, body);
}

/** The run that the code now executing belongs to. */
export function currentRun(): RunContext | undefined {
  return storage.getStore();
}
