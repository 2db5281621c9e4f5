/** The compiler's thread: answers calls one after the other. */
import { parentPort, workerData } from 'node:worker_threads';

import { CellCompiler } from './compiler.js';
import type { CompilerAnswer, CompilerCall } from './thread.js';

const compiler = new CellCompiler(workerData as { cwd: string });

parentPort?.on('message', ({ id, method, args }: CompilerCall) => {
  parentPort?.postMessage(answer(id, method, args));
});

function answer(
  id: number,
  method: CompilerCall['method'],
  args: readonly unknown[]
): CompilerAnswer {
  try {
    const call = compiler[method].bind(compiler) as (...values: readonly unknown[]) => unknown;
    return { id, value: call(...args) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
