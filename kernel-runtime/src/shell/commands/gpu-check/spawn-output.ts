/** Runs a command to its end, however long it takes, and passes its lines on meanwhile. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** @throws an Error with all that it said, if it cannot start or fails */
export function spawnOutput(
  [command, ...args]: readonly string[],
  progress: (line: string) => void
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', line => {
        lines.push(line);
        progress(line);
      });
    }
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve(lines) : reject(new Error(lines.join('\n') || `exit code ${code}`))
    );
  });
}
