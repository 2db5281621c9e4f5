/** The I/O thread of an engine: serves its links, however long a cell computes. */
import { workerData } from 'node:worker_threads';

import { serveLinks, type LinkServiceOptions } from '../collectives/link-service.js';

serveLinks(workerData as LinkServiceOptions);
