/** Starts the I/O thread. An engine without it could reach nobody, so that their ends are one. */
import { Worker } from 'node:worker_threads';

import type { Guard } from '../../cells/executor/guard.js';
import { programUrl } from '../../package.js';
import type { LinkServiceOptions } from '../collectives/link-service.js';
import type { IoThreadData } from './io-thread.js';

/**
 * @param onEnd hears why the thread has ended, at its start or later
 * @param guard served by the thread, too: each further thread would cost an engine 8 MB and 30 ms
 */
export function startIoThread(
  links: LinkServiceOptions,
  onEnd: (cause: string) => void,
  guard?: Guard
): void {
  const worker = new Worker(programUrl('io-thread'), {
    workerData: { links, guard: guard?.data } satisfies IoThreadData,
    transferList: [links.port]
  });
  let cause: string | undefined;
  if (guard) worker.on('message', guard.hear);
  worker.on(
    'error',
    (error: unknown) => (cause = error instanceof Error ? error.message : String(error))
  );
  worker.on('exit', code => onEnd(cause ?? `exit code ${code}`));
}
