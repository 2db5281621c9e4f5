/** Which processes only wait for a processor: on a busy machine they are late, and not frozen. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';

import { isRunnable } from '../../../kernel-runtime/src/platform.js';

const SPINS = 'console.log(1); setTimeout(() => { for (;;); })';
const RESTS = 'console.log(1); setInterval(() => {}, 1e8)';

let child: ChildProcess;
afterEach(() => child.kill('SIGKILL'));

async function start(program: string): Promise<void> {
  child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout!, 'data');
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

it('a process that is gone is not runnable', async () => {
  await start('console.log(1)');
  await once(child, 'exit');
  expect(isRunnable(child.pid!)).toBe(false);
});
