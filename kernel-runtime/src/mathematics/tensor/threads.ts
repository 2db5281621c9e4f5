/** How many threads one process may compute with: engines share the cores of their machine. */
import { availableCores } from '../../platform.js';

/** Tells a process how many threads are its own. */
export const THREADS_VARIABLE = 'DECENTLAB_THREADS';

/** This process's share of the cores, at least 1. */
export function threadShare(): number {
  const told = Number(process.env[THREADS_VARIABLE]);
  return told >= 1 ? Math.floor(told) : availableCores();
}
