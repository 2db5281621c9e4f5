/** How engine processes start. A launcher knows one place to run them: this machine now, others by the same interface. */
import type { EngineConfig } from '../protocol/start.js';

export interface EngineStart {
  /** Told to the process on standard input, as it holds the token. */
  readonly config: EngineConfig;
  readonly cwd: string;
  /** Options of Node. */
  readonly execArgv: readonly string[];
  /** Variables of its own, beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Engines that share the machine with this one, itself included. */
  readonly processes: number;
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
  /**
   * Hears each sign of life; the engine gives one every second or so, also while it computes.
   * @param handler gets the milliseconds for which it has computed without a pause
   */
  onBeat(handler: (computing: number) => void): void;
  /** Asks the task of this request to stop, also if it computes; does nothing if it has ended. */
  interrupt(request: number): void;
  /** Ends the process at once. */
  kill(): void;
}

export interface Launcher {
  start(options: EngineStart): EngineProcess;
}
