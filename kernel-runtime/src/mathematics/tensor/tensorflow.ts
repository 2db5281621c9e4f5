/** TensorFlow.js with its chosen backend: loaded on first use only (0.4 s), one instance a process, no network. */
import { DecentLabError } from '../../errors.js';
import type { Backend } from './backends/backend.js';
import { chooseBackend, type Choice } from './choice.js';
import { givenDevice } from './devices.js';

export type Tensorflow = typeof import('@tensorflow/tfjs');

interface Loaded {
  readonly tf: Tensorflow;
  readonly backend: Backend;
}

let loading: Promise<Tensorflow> | undefined;
let loaded: Loaded | undefined;

/**
 * The process's one TensorFlow.js, its backend ready: the one that was chosen for this process (`--backend`), or the
 * fastest that is set up. Cells that import '@tensorflow/tfjs' get the same instance.
 * @throws BACKEND_MISSING, BACKEND_DEVICE, VALUE_INVALID
 */
export function loadTensorflow(): Promise<Tensorflow> {
  loading ??= start(chooseBackend());
  return loading;
}

/** The backend that computes in this process now; undefined while nobody has asked for tensors. Loads nothing. */
export function loadedBackend(): string | undefined {
  return loaded?.tf.getBackend();
}

/**
 * What computes tensors in this process, in words: `wasm`, or `tensorflow on NVIDIA H200 (GPU 0, shared by 4 engines),
 * 0.3 of 139.8 GiB`, where what it has taken and what there is are known.
 */
export function loadedDevice(): string | undefined {
  if (!loaded) return undefined;
  const { tf, backend } = loaded;
  const name = tf.getBackend();
  if (name !== backend.name) return name;
  const device = backend.device?.(tf) ?? '';
  const given = givenDevice();
  const shared = given ? ` (GPU ${given.index}, shared by ${given.engines} engines)` : '';
  const memory = memoryInWords(deviceMemory());
  return device === '' ? name : `${name} on ${device}${shared}${memory}`;
}

const GIBIBYTE = 2 ** 30;

function memoryInWords({ used, total }: { used?: number; total?: number }): string {
  const gib = (bytes: number): string => (bytes / GIBIBYTE).toFixed(1);
  if (used === undefined) return total === undefined ? '' : `, ${gib(total)} GiB`;
  return total === undefined ? `, ${gib(used)} GiB taken` : `, ${gib(used)} of ${gib(total)} GiB`;
}

/** Bytes of the device's memory: what this process has taken, where its backend knows that, and what there is. */
export function deviceMemory(): { readonly used?: number; readonly total?: number } {
  const used = loaded?.backend.memory?.(loaded.tf);
  const total = givenDevice()?.memory;
  return {
    ...(used === undefined ? {} : { used }),
    ...(total === undefined || total === 0 ? {} : { total })
  };
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

async function start({ backend, kind }: Choice): Promise<Tensorflow> {
  const tf = await import('@tensorflow/tfjs');
  await withoutNewHandlers(async () => {
    await backend.start(tf, kind);
    if (!(await tf.setBackend(backend.name))) throw notReady(backend.name);
    await tf.ready();
  });
  loaded = { tf, backend };
  return tf;
}

function notReady(name: string): DecentLabError {
  const reason = 'it is there but could not start';
  const remedy = 'What it printed says why.';
  return new DecentLabError('BACKEND_MISSING', { name, reason, remedy });
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
