/**
 * Which ranks only wait for a processor: on a machine with too much to do they are slow, not frozen. Each rank names the
 * thread of its links in the cluster's folder, where those of the same machine look; of other machines nothing is known.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isThreadRunnable, ownThread } from '../../platform.js';

/** Lets the others know that the thread which calls this carries the links of a rank. */
export function nameThread(folder: string, rank: number): void {
  const thread = ownThread();
  if (thread !== undefined) writeFileSync(fileOf(folder, rank), thread, { mode: 0o600 });
}

/**
 * Whether the thread of a rank's links has something to do, and so may not have read yet what waits for it. The thread that
 * asks has a processor, and has read.
 */
export function isStarved(folder: string, rank: number): boolean {
  try {
    const thread = readFileSync(fileOf(folder, rank), 'latin1');
    return thread !== ownThread() && isThreadRunnable(thread);
  } catch {
    return false;
  }
}

function fileOf(folder: string, rank: number): string {
  return join(folder, `rank-${rank}.thread`);
}
