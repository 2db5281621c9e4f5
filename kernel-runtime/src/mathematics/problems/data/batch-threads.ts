/** The threads that prepare batches: step k belongs to thread k modulo their number, and some steps are asked for ahead. */
import { Worker } from 'node:worker_threads';
import { DecentLabError } from '../../../errors.js';
import { programUrl } from '../../../package.js';
import type { BatchRequest, Preparation } from './image-preparer.js';
import type { BatchFailure, BatchReply } from './image-worker.js';

/** The images of a step, and how long the thread computed for them. */
export interface PreparedBatch {
  readonly images: Float32Array<ArrayBuffer>;
  readonly milliseconds: number;
}

interface Pending {
  readonly promise: Promise<PreparedBatch>;
  resolve(batch: PreparedBatch): void;
  reject(error: Error): void;
}

export class BatchThreads {
  readonly #workers: readonly Worker[];
  readonly #pending = new Map<number, Pending>();
  /** Why no batch will come any more. */
  #ended: Error | undefined;

  constructor(preparation: Preparation, count: number) {
    this.#workers = Array.from({ length: count }, () => this.#thread(preparation));
  }

  /** How many there are. */
  get count(): number {
    return this.#workers.length;
  }

  /** Asks for the batch of a step, once. Its error, if it has one, is thrown by `take`. */
  ask(request: BatchRequest): void {
    if (this.#pending.has(request.step)) return;
    const pending = pendingBatch();
    this.#pending.set(request.step, pending);
    if (this.#ended) pending.reject(this.#ended);
    else this.#workers[request.step % this.count].postMessage(request);
  }

  /** The batch of a step that was asked for. */
  async take(step: number): Promise<PreparedBatch> {
    try {
      return await this.#pending.get(step)!.promise;
    } finally {
      this.#pending.delete(step);
    }
  }

  /** Forgets what was asked for and not taken: the steps begin elsewhere. */
  forget(): void {
    this.#pending.clear();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.terminate()));
  }

  #thread(preparation: Preparation): Worker {
    const worker = new Worker(programUrl('image-worker'), { workerData: preparation });
    // A script that forgets `close` ends all the same.
    worker.unref();
    worker.on('message', (reply: BatchReply) => this.#settle(reply));
    worker.on('error', error => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The thread that prepares images has ended.')));
    return worker;
  }

  #settle(reply: BatchReply): void {
    const pending = this.#pending.get(reply.step);
    if ('error' in reply) pending?.reject(errorOf(reply.error));
    else pending?.resolve(reply);
  }

  #fail(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
  }
}

function pendingBatch(): Pending {
  let settle: Pick<Pending, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<PreparedBatch>((resolve, reject) => (settle = { resolve, reject }));
  // An error is told to who takes the batch; nobody may want one that was asked for ahead.
  promise.catch(() => {});
  return { promise, ...settle! };
}

function errorOf(failure: BatchFailure): Error {
  if ('code' in failure) return new DecentLabError(failure.code, failure.detail);
  return new Error(failure.message);
}
