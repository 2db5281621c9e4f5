/** The guard's thread. See guard.ts. */
import { rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

import { memoryExcess } from '../../platform.js';
import type { GuardData } from './guard.js';
import { requestStop } from './stop-memory.js';

const PARENT_PIPE = 3;
const STANDARD_ERROR = 2;
const MEMORY_PERIOD_MS = 100;

const { stopMemory, folder, beat, turns } = workerData as GuardData;
const words = new Int32Array(stopMemory);
const pipe = new Socket({ fd: PARENT_PIPE, readable: true, writable: beat !== undefined });
let rest = '';

pipe.setEncoding('latin1').on('data', (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  if (lines.length === 0) return;
  requestStop(words, Number(lines.at(-1)));
  parentPort?.postMessage('stop');
});
pipe.on('error', endWithParent);
pipe.on('close', endWithParent);
setInterval(watchMemory, MEMORY_PERIOD_MS).unref();
if (beat !== undefined) giveSignsOfLife(beat);

function giveSignsOfLife(period: number): void {
  const count = new Int32Array(turns);
  let [seen, since] = [NaN, 0];
  const give = (): void => {
    const turn = Atomics.load(count, 0);
    if (turn !== seen) [seen, since] = [turn, performance.now()];
    pipe.write(`${Math.round(performance.now() - since)}\n`);
  };
  give();
  setInterval(give, period).unref();
}

function endWithParent(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  end();
}

function watchMemory(): void {
  const excess = memoryExcess();
  if (excess === null) return;
  // The parent finds the sentence at the end of what this process has said.
  writeSync(STANDARD_ERROR, `\n${excess}\n`);
  end();
}

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
