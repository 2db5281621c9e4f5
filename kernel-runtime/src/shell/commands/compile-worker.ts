/** The thread of compile-in-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';

import { compileScript } from '../../cells/compiler/scripts.js';
import { keepScript } from './compiled-scripts.js';

const path = workerData as string;
const result = compileScript(path);
keepScript(path, result);
parentPort?.postMessage(result);
