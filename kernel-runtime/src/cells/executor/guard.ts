/** A thread that guards this process while the main thread computes: Stop, the end of the parent, and memory. */
import { Worker } from 'node:worker_threads';

import { programUrl } from '../../package.js';
import { REQUESTED, STATE } from './stop-memory.js';

export interface GuardOptions {
  /** From `createStopMemory`. */
  readonly stopMemory: SharedArrayBuffer;
  /** A folder that goes when the parent has gone. */
  readonly folder?: string;
  /**
   * Milliseconds between two signs of life for the parent, also while the main thread computes: lines with the
   * milliseconds for which it has computed without a pause. Defaults to none.
   */
  readonly beat?: number;
  /** Called on the main thread, as soon as it is free, after each Stop. */
  onStop(): void;
}

/** What the thread is told. */
export type GuardData = Pick<GuardOptions, 'stopMemory' | 'folder' | 'beat'> & {
  /** A number that changes whenever the main thread pauses. */
  readonly turns: SharedArrayBuffer;
};

/**
 * Watches file descriptor 3, a pipe from the parent process: each line is a Stop and holds the number of the run that it
 * is meant for. The end of the pipe means that the parent is gone; this process then ends at once, so that no orphan
 * survives. It also ends before its memory brings the whole machine down.
 */
export function startGuard({ onStop, ...data }: GuardOptions): void {
  const { stopMemory } = data;
  const turns = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workerData: GuardData = { ...data, turns };
  const worker = new Worker(programUrl('guard'), {
    workerData,
    // It makes hardly anything: a nursery as large as that of cells would only hold memory.
    resourceLimits: { maxYoungGenerationSizeMb: 1 }
  });
  const words = new Int32Array(stopMemory);
  // A loop may have seen the request before, and its cell may have ended since.
  worker.on('message', () => Atomics.load(words, STATE) === REQUESTED && onStop());
  worker.unref();
  const count = new Int32Array(turns);
  if (data.beat !== undefined) setInterval(() => Atomics.add(count, 0, 1), data.beat / 2).unref();
}
