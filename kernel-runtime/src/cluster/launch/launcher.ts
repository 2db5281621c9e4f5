/** How engine processes start. A launcher knows one place to run them: this machine now, others by the same interface. */
import type { EngineConfig } from '../protocol/start.js';

export interface EngineStart {
  /** Told to the process on standard input, as it holds the token. */
  readonly config: EngineConfig;
  readonly cwd: string;
  /** Options of Node. */
  readonly execArgv: readonly string[];
}

/** One engine process. */
export interface EngineProcess {
  /** Null if it never came to life. */
  readonly pid: number | null;
  /** The file with what the process prints outside of cells. */
  readonly log: string;
  /** Resolves once the process is gone, with how it ended in words. */
  readonly exited: Promise<string>;
  /** The last lines of the log. */
  logTail(): string;
  /** Asks the running cell to stop, also if it computes. */
  interrupt(): void;
  /** Ends the process at once. */
  kill(): void;
}

export interface Launcher {
  start(options: EngineStart): EngineProcess;
}
