/** Compiles a script in a thread of its own, so that this process can meanwhile start engines and answer them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import type { ScriptResult } from '../../cells/compiler/types.js';
import { programUrl } from '../../package.js';
import { keptScript } from './compiled-scripts.js';

/** The script at `path`, compiled unless it is kept as it is now; its errors are part of the result. */
export async function compileInThread(path: string): Promise<ScriptResult> {
  return keptScript(path) ?? compileAnew(path);
}

async function compileAnew(path: string): Promise<ScriptResult> {
  const worker = new Worker(programUrl('script-compiler'), { workerData: path });
  const [result] = (await once(worker, 'message')) as [ScriptResult];
  await worker.terminate();
  return result;
}
