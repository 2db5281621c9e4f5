/** The thread of a guard of its own. See guard.ts. */
import { parentPort, workerData } from 'node:worker_threads';

import type { GuardData } from './guard.js';
import { guardProcess } from './guard-process.js';

guardProcess(workerData as GuardData, () => parentPort?.postMessage('stop'));
