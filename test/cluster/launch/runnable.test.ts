/** Which processes only wait for a processor: on a busy machine they are late, and not frozen. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';

import { isRunnable, isThreadRunnable } from '../../../kernel-runtime/src/platform.js';

const SPINS = 'console.log(1); setTimeout(() => { for (;;); })';
const RESTS = 'console.log(1); setInterval(() => {}, 1e8)';

let child: ChildProcess;
afterEach(() => child.kill('SIGKILL'));

/** @returns what it says first */
async function start(program: string): Promise<string> {
  child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  return said.toString().trim();
}

it.runIf(process.platform === 'linux').each([
  ['computes', SPINS, undefined, true],
  ['has nothing to do', RESTS, undefined, false],
  ['is frozen while it computes', SPINS, 'SIGSTOP', false]
] as const)('a process that %s', async (_, program, signal, expected) => {
  await start(program);
  if (signal) child.kill(signal);
  await expect.poll(() => isRunnable(child.pid!), { timeout: 60_000 }).toBe(expected);
});

const WORKS = 'for (;;);';
const WAITS = 'setInterval(() => {}, 1e8);';

/** A process that says what its worker is called; then the main thread does one thing, and the worker another. */
const withWorker = (main: string, worker: string): string => `
  const { Worker } = require('worker_threads');
  const tell = "require('worker_threads').parentPort.postMessage(require('fs').readlinkSync('/proc/thread-self'));";
  new Worker(tell + 'setTimeout(() => {${worker}})', { eval: true }).once('message', name => {
    console.log(name);
    ${main}
  });
`;

it.runIf(process.platform === 'linux').each([
  ['that computes', WAITS, WORKS, undefined, true],
  ['that has nothing to do while the main thread computes', WORKS, WAITS, undefined, false],
  ['that is frozen while it computes', WAITS, WORKS, 'SIGSTOP', false]
] as const)('a thread %s', async (_, main, worker, signal, expected) => {
  const name = await start(withWorker(main, worker));
  if (signal) child.kill(signal);
  await expect.poll(() => isThreadRunnable(name), { timeout: 60_000 }).toBe(expected);
});

it.each(['', '1', '../1/task/1', '0/task/0'])('"%s" names no thread', name => {
  expect(isThreadRunnable(name)).toBe(false);
});

it('a process that is gone is not runnable', async () => {
  await start('console.log(1)');
  await once(child, 'exit');
  expect(isRunnable(child.pid!)).toBe(false);
});
