/** Runs the programs that exchanges are compared with. */
import { spawn } from 'node:child_process';

/** A comparator that hangs is given up; so is one that needs a machine to itself on a busy one. */
const LIMIT_MS = 240_000;
const TAIL_CHARACTERS = 600;

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds. Defaults to four minutes. */
  readonly limitMs?: number;
}

/**
 * What a program prints on standard output.
 * @throws an Error with the end of what it said, if it cannot start, fails, or takes longer than its limit
 */
export function outputOf(
  [command, ...args]: readonly string[],
  { env = process.env, cwd, limitMs = LIMIT_MS }: ProgramOptions = {}
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    const clock = setTimeout(() => {
      child.kill('SIGKILL');
      // Programs of its own may hold its pipes open for as long as they like.
      child.stdout.destroy();
      child.stderr.destroy();
    }, limitMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(clock);
      if (code === 0) return resolve(texts.stdout);
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const said = (texts.stderr || texts.stdout).trim().slice(-TAIL_CHARACTERS);
      reject(new Error(`${said}\n${command} ended with ${how}`.trim()));
    });
  });
}
