export interface RunOptions {
  readonly cwd: string;
  readonly logFile: string;
  /** Called with the last line of each piece of output. */
  readonly onLine?: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** Resolves when the command has ended, whatever its exit code; never rejects. */
export function runCommand(
  command: readonly string[],
  options: RunOptions
): Promise<{ ok: boolean; log: string }>;
