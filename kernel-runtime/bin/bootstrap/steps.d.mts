/** One step of the set-up. */
export interface Step {
  readonly name: string;
  /** What to do by hand when the step fails; also printed by `decentlab doctor`. */
  readonly remedy: string;
  /** A cheap check (milliseconds, no process) of whether there is anything to do. */
  isDone(): boolean | Promise<boolean>;
  /** Does the step; `show` replaces the text beside the step's name on the terminal. */
  run(show: (activity: string) => void): Promise<void>;
}

/** Runs steps in order; what is done is skipped. Resolves to the number of steps that had work to do. */
export function runSteps(steps: readonly Step[], terminal?: NodeJS.WriteStream): Promise<number>;
