/** Runs one command of the set-up: everything it prints goes to the log file, its last line to the terminal. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Resolves when the command has ended, whatever its exit code; never rejects.
 * @param {string[]} command program and arguments
 * @param {{ cwd: string, logFile: string, onLine?: (line: string) => void, env?: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 * @returns {Promise<{ ok: boolean, log: string }>} `log` is all it printed, or the reason why it could not start
 */
export function runCommand([program, ...args], options) {
  const { cwd, logFile, onLine, env = process.env, signal } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  appendFileSync(logFile, `\n$ ${[program, ...args].join(' ')}\n`);
  return new Promise(resolve => {
    let log = '';
    const receive = chunk => {
      log += chunk;
      appendFileSync(logFile, chunk);
      const last = chunk.trimEnd().split('\n').at(-1).trim();
      if (last) onLine?.(last);
    };
    const child = spawn(program, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', receive);
    child.stderr.setEncoding('utf8').on('data', receive);
    child.once('error', error => resolve({ ok: false, log: `${log}${error.message}` }));
    child.once('close', code => resolve({ ok: code === 0, log }));
  });
}
