/** The thread that prepares the batches of a training, so that a step does not wait for a decoder. */
import { parentPort, workerData } from 'node:worker_threads';
import { DecentLabError, type ErrorCode } from '../../../errors.js';
import { imagePreparer, type BatchRequest, type Preparation } from './image-preparer.js';

/** What the thread answers to the request of a step. */
export type BatchReply = { readonly step: number } & (
  | { readonly images: Float32Array<ArrayBuffer>; readonly milliseconds: number }
  | { readonly error: BatchFailure }
);

/** An error as plain data: of ours the code and its values, of others the sentence. */
export type BatchFailure =
  | { readonly code: ErrorCode; readonly detail: Record<string, unknown> }
  | { readonly message: string };

const preparing = imagePreparer(workerData as Preparation);

parentPort!.on('message', (request: BatchRequest) => {
  preparing
    .then(async prepare => {
      const began = performance.now();
      const images = await prepare(request);
      const milliseconds = performance.now() - began;
      const reply: BatchReply = { step: request.step, images, milliseconds };
      parentPort!.postMessage(reply, [images.buffer]);
    })
    .catch((error: unknown) => {
      const reply: BatchReply = { step: request.step, error: failureOf(error) };
      parentPort!.postMessage(reply);
    });
});

function failureOf(error: unknown): BatchFailure {
  if (error instanceof DecentLabError) return { code: error.code, detail: error.detail };
  return { message: error instanceof Error ? error.message : String(error) };
}
