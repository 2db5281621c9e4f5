/** TensorFlow.js with its chosen backend: loaded on first use only (0.4 s), one instance a process, no network. */
import { DecentLabError } from '../../errors.js';
import { chooseBackend, type Choice } from './choice.js';
import { deviceInWords, givenDevice } from './devices.js';
import { fuseOperations } from './fused/operations.js';

export type Tensorflow = typeof import('@tensorflow/tfjs');

interface Loaded extends Choice {
  readonly tf: Tensorflow;
}

let chosen: Choice | undefined;
let loading: Promise<Tensorflow> | undefined;
let loaded: Loaded | undefined;

/**
 * The process's one TensorFlow.js, its backend ready: the one that was chosen for this process (`--backend`), or the
 * fastest that is set up. Cells that import '@tensorflow/tfjs' get the same instance.
 * @throws BACKEND_MISSING, BACKEND_DEVICE, VALUE_INVALID
 */
export function loadTensorflow(): Promise<Tensorflow> {
  loading ??= start((chosen ??= chooseBackend()));
  return loading;
}

/** The backend that computes in this process now; undefined while nobody has asked for tensors. Loads nothing. */
export function loadedBackend(): string | undefined {
  return loaded?.tf.getBackend();
}

/**
 * What computes tensors in this process, in words: `wasm`, or `tensorflow on NVIDIA H200 (GPU 0, shared by 4 engines),
 * 300 MiB of 139.8 GiB`, where what it has taken and what there is are known.
 */
export function loadedDevice(): string | undefined {
  if (!loaded) return undefined;
  const { tf, backend } = loaded;
  const name = tf.getBackend();
  if (name !== backend.name) return name;
  const words = { device: backend.device?.(tf), given: givenDevice(), ...deviceMemory() };
  return deviceInWords(name, words);
}

/**
 * The same with the reason, for people who look at a process from outside: `wasm, the fastest that is set up on the
 * processor; …`. Before the first tensor it says what will compute it. Loads nothing.
 */
export function computeInWords(): string {
  const device = loadedDevice();
  if (device !== undefined) return `${device}, ${loaded!.why}`;
  try {
    chosen ??= chooseBackend();
    return `${chosen.backend.name} with the first tensor, ${chosen.why}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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

async function start(choice: Choice): Promise<Tensorflow> {
  const { backend, kind } = choice;
  const tf = await import('@tensorflow/tfjs');
  fuseOperations(tf);
  await withoutNewHandlers(async () => {
    await backend.start(tf, kind);
    if (!(await tf.setBackend(backend.name))) throw notReady(backend.name);
    await tf.ready();
  });
  loaded = { ...choice, tf };
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
