/** Starts the I/O thread. An engine without it could reach nobody, so that their ends are one. */
import { Worker } from 'node:worker_threads';

import { programUrl } from '../../package.js';
import type { LinkServiceOptions } from '../collectives/link-service.js';

/** @param onEnd hears why the thread has ended, at its start or later */
export function startIoThread(options: LinkServiceOptions, onEnd: (cause: string) => void): void {
  const worker = new Worker(programUrl('io-thread'), {
    workerData: options,
    transferList: [options.port]
  });
  let cause: string | undefined;
  worker.on(
    'error',
    (error: unknown) => (cause = error instanceof Error ? error.message : String(error))
  );
  worker.on('exit', code => onEnd(cause ?? `exit code ${code}`));
}
