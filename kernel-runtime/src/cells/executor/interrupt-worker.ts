/** The thread that hears a Stop while the main thread is busy: file descriptor 3 is a pipe from the parent process. */
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const PARENT_PIPE = 3;
const STOP = 'i'.charCodeAt(0);
/** As in interrupt.ts, which this thread does not load. */
const REQUESTED = 2;

const flag = new Int32Array(workerData as SharedArrayBuffer);
const pipe = new Socket({ fd: PARENT_PIPE, readable: true, writable: false });

pipe.on('data', (bytes: Buffer) => {
  if (!bytes.includes(STOP)) return;
  Atomics.store(flag, 0, REQUESTED);
  parentPort?.postMessage('stop');
});
pipe.on('error', endProcess);
pipe.on('close', endProcess);

function endProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
