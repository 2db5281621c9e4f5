/** What an entry of the table of backends says: whether it is set up here, and how it starts. */
import type { DeviceKind } from '../devices.js';
import type { Tensorflow } from '../tensorflow.js';

/** Why a backend is not set up here, and what sets it up. */
export interface Missing {
  /** A clause, e.g. `no TensorFlow stands in .venv`. */
  readonly reason: string;
  /** A sentence that names the command. */
  readonly remedy: string;
}

/** One way to compute tensors. All but `start` and what follows it look at files at most: nothing is loaded early. */
export interface Backend {
  /** As in `--backend` and in `tf.getBackend()`. */
  readonly name: string;
  /** What it is, for lists: half a line. */
  readonly summary: string;
  /** Undefined if it is set up here. */
  missing(): Missing | undefined;
  /** What it can compute on as it is set up here. */
  kinds(): readonly DeviceKind[];
  /** Whether a device of this kind is emulated by the processor, some hundred times slower. Defaults to no. */
  emulates?(kind: DeviceKind): boolean;
  /** Variables that have to stand in the environment before a process starts that computes with it. Defaults to none. */
  environment?(kind: DeviceKind): Readonly<Record<string, string>>;
  /** Registers itself and its kernels with the process's one TensorFlow.js: once, before `tf.setBackend(name)`. */
  start(tf: Tensorflow, kind: DeviceKind): Promise<void>;
  /** Once it has started: what it computes on, e.g. `NVIDIA H200`. Defaults to what the engine was given. */
  device?(tf: Tensorflow): string;
  /** Once it has started: bytes of the device's memory that this process has taken. Defaults to unknown. */
  memory?(tf: Tensorflow): number;
}
