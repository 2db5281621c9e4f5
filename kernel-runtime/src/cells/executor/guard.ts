/** What guards this process while its main thread computes: Stop, the end of the parent, and memory. */
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

/** What the thread that guards is told. */
export type GuardData = Pick<GuardOptions, 'stopMemory' | 'folder' | 'beat'> & {
  /** A number that changes whenever the main thread pauses. */
  readonly turns: SharedArrayBuffer;
};

/** The main thread's side. */
export interface Guard {
  /** For `guardProcess`, in the thread that guards. */
  readonly data: GuardData;
  /** To be called when that thread has told of a Stop. */
  hear(): void;
}

/** A guard that some thread of this process has to serve with `guardProcess`. */
export function createGuard({ onStop, ...options }: GuardOptions): Guard {
  const turns = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const count = new Int32Array(turns);
  const { beat } = options;
  if (beat !== undefined) setInterval(() => Atomics.add(count, 0, 1), beat / 2).unref();
  const words = new Int32Array(options.stopMemory);
  return {
    data: { ...options, turns },
    // A loop may have seen the request before, and its cell may have ended since.
    hear: () => void (Atomics.load(words, STATE) === REQUESTED && onStop())
  };
}

/** Has a thread of its own guard this process. */
export function startGuard(options: GuardOptions): void {
  const { data, hear } = createGuard(options);
  const worker = new Worker(programUrl('guard'), {
    workerData: data,
    // It makes hardly anything: a nursery as large as that of cells would only hold memory.
    resourceLimits: { maxYoungGenerationSizeMb: 1 }
  });
  worker.on('message', hear);
  worker.unref();
}
