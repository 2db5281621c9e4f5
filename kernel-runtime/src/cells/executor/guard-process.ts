/** What the thread does that guards a process: its own, or one that never computes for long. See guard.ts. */
import { rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

import { memoryExcess, memoryRespite } from '../../memory.js';
import type { GuardData } from './guard.js';
import { requestStop } from './stop-memory.js';

const PARENT_PIPE = 3;
const STANDARD_ERROR = 2;
/** Between two looks at the memory; a small process on a large machine need not look as often. */
const LEAST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 1000;

/**
 * Watches file descriptor 3, a pipe from the parent process: each line is a Stop and holds the number of the run that it
 * is meant for. The end of the pipe means that the parent is gone; this process then ends at once, so that no orphan
 * survives. It also ends before its memory brings the whole machine down.
 * @param onStop tells the main thread of a Stop
 */
export function guardProcess(
  { stopMemory, folder, beat, turns }: GuardData,
  onStop: () => void
): void {
  const words = new Int32Array(stopMemory);
  const pipe = new Socket({ fd: PARENT_PIPE, readable: true, writable: beat !== undefined });
  let rest = '';
  pipe.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length === 0) return;
    requestStop(words, Number(lines.at(-1)));
    onStop();
  });
  const endWithParent = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    end();
  };
  pipe.on('error', endWithParent);
  pipe.on('close', endWithParent);
  watchMemory();
  if (beat !== undefined) giveSignsOfLife(pipe, beat, new Int32Array(turns));
}

function giveSignsOfLife(pipe: Socket, period: number, count: Int32Array): void {
  let [seen, since] = [NaN, 0];
  const give = (): void => {
    const turn = Atomics.load(count, 0);
    if (turn !== seen) [seen, since] = [turn, performance.now()];
    pipe.write(`${Math.round(performance.now() - since)}\n`);
  };
  give();
  setInterval(give, period).unref();
}

function watchMemory(): void {
  const excess = memoryExcess();
  if (excess === null) {
    const pause = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, memoryRespite()));
    return void setTimeout(watchMemory, pause).unref();
  }
  // The parent finds the sentence at the end of what this process has said.
  writeSync(STANDARD_ERROR, `\n${excess}\n`);
  end();
}

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
