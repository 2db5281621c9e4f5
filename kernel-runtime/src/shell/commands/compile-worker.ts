/** Compiles a script in a thread of its own, so that this process can meanwhile start engines and answer them. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import type { ScriptResult } from '../../cells/compiler/types.js';
import { keepScript, keptScript } from './compiled-scripts.js';

/** The script at `path`, compiled unless it is kept as it is now; its errors are part of the result. */
export async function compileInThread(path: string): Promise<ScriptResult> {
  return keptScript(path) ?? compileAnew(path);
}

async function compileAnew(path: string): Promise<ScriptResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: path });
  const [result] = (await once(worker, 'message')) as [ScriptResult];
  await worker.terminate();
  return result;
}

if (!isMainThread && parentPort) {
  const { compileScript } = await import('../../cells/compiler/scripts.js');
  const path = workerData as string;
  const result = compileScript(path);
  keepScript(path, result);
  parentPort.postMessage(result);
}
