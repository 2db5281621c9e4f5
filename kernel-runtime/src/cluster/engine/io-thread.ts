/** The I/O thread of an engine: serves its links, and guards the process, however long a cell computes. */
import { parentPort, workerData } from 'node:worker_threads';

import type { GuardData } from '../../cells/executor/guard.js';
import { guardProcess } from '../../cells/executor/guard-process.js';
import { serveLinks, type LinkServiceOptions } from '../collectives/link-service.js';

/** What the thread is told. */
export interface IoThreadData {
  readonly links: LinkServiceOptions;
  /** Absent where nobody asks for a guard. */
  readonly guard: GuardData | undefined;
}

const { links, guard } = workerData as IoThreadData;
// First: the controller expects a sign of life.
if (guard) guardProcess(guard, () => parentPort?.postMessage('stop'));
serveLinks(links);
