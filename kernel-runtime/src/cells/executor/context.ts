/** Which run a piece of code belongs to, also in timers and promises that outlive the cell. */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface RunContext {
  readonly runId: string;
  /** Set by Stop; from then on this run's loops and functions throw. */
  interrupted: boolean;
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
