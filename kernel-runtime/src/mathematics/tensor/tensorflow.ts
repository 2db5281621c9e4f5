/** TensorFlow.js with its chosen backend: loaded on first use only (0.4 s), one instance a process, no network. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import { chosenBackend } from './backend.js';

export type Tensorflow = typeof import('@tensorflow/tfjs');

let loading: Promise<Tensorflow> | undefined;
let loaded: Tensorflow | undefined;

/**
 * The process's one TensorFlow.js, its backend ready: `wasm` (SIMD, one thread: the engines share the cores), or `cpu`.
 * Cells that import '@tensorflow/tfjs' get the same instance.
 */
export function loadTensorflow(): Promise<Tensorflow> {
  loading ??= start();
  return loading;
}

/** The backend that computes in this process now; undefined while nobody has asked for tensors. Loads nothing. */
export function loadedBackend(): string | undefined {
  return loaded?.getBackend();
}

/** Whether a value is a tensor of TensorFlow.js. Loads nothing. */
export function isTensor(value: unknown): value is import('@tensorflow/tfjs').Tensor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dataId' in value &&
    'shape' in value &&
    'dtype' in value
  );
}

async function start(): Promise<Tensorflow> {
  const tf = await import('@tensorflow/tfjs');
  const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const packageFile = createRequire(import.meta.url).resolve(
    '@tensorflow/tfjs-backend-wasm/package.json'
  );
  setWasmPaths(join(dirname(packageFile), 'dist') + sep);
  setThreadsCount(1);
  await withoutNewHandlers(async () => {
    await tf.setBackend(chosenBackend());
    await tf.ready();
  });
  loaded = tf;
  return tf;
}

const FATAL_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * The WebAssembly glue listens to errors of the whole process and throws them again: one promise that a cell drops
 * would then end an engine. What it adds while `start` runs is taken away.
 */
async function withoutNewHandlers(start: () => Promise<void>): Promise<void> {
  const before = FATAL_EVENTS.map(
    event => new Set(process.listeners(event as 'uncaughtException'))
  );
  await start();
  FATAL_EVENTS.forEach((event, k) => {
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (!before[k].has(listener)) process.removeListener(event, listener);
  });
}
