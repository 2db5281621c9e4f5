/** A thread that guards this process while the main thread computes: Stop, the end of the parent, and memory. */
import { Worker } from 'node:worker_threads';

import { REQUESTED, STATE } from './stop-memory.js';

export interface GuardOptions {
  /** From `createStopMemory`. */
  readonly stopMemory: SharedArrayBuffer;
  /** A folder that goes when the parent has gone. */
  readonly folder?: string;
  /** Milliseconds between two signs of life for the parent, also while the main thread computes. Defaults to none. */
  readonly beat?: number;
  /** Called on the main thread, as soon as it is free, after each Stop. */
  onStop(): void;
}

/** What the thread is told. */
export type GuardData = Pick<GuardOptions, 'stopMemory' | 'folder' | 'beat'>;

/**
 * Watches file descriptor 3, a pipe from the parent process: each line is a Stop and holds the number of the run that it
 * is meant for. The end of the pipe means that the parent is gone; this process then ends at once, so that no orphan
 * survives. It also ends before its memory brings the whole machine down.
 */
export function startGuard({ onStop, ...data }: GuardOptions): void {
  const { stopMemory } = data;
  const workerData: GuardData = data;
  const worker = new Worker(new URL('./guard-worker.js', import.meta.url), { workerData });
  const words = new Int32Array(stopMemory);
  // A loop may have seen the request before, and its cell may have ended since.
  worker.on('message', () => Atomics.load(words, STATE) === REQUESTED && onStop());
  worker.unref();
}
