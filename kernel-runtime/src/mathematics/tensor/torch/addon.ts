/** The addon that calls PyTorch (`kernel-runtime/torch`): found where the set-up left it, loaded once, its errors in our words. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { DecentLabError } from '../../../errors.js';
import { nativeFolder } from '../backends/native-folder.js';
import { givenDevice, hasNvidia, type GivenDevice } from '../devices.js';
import { threadShare } from '../threads.js';
import type { Values } from './dtypes.js';
import { tieAll } from './nursery.js';

/** A tensor that the addon holds. */
export type Handle = number;

/** One parameter, or one result, of an operator's schema. */
export interface Parameter {
  readonly name: string;
  /** As PyTorch writes it: `Tensor`, `int[]`, `Scalar?`. */
  readonly type: string;
  /** Given by name only. */
  readonly isNamed: boolean;
  readonly hasDefault: boolean;
  /** The length of a list that one number may stand for; 0 if none may. */
  readonly size: number;
}

export interface FoundOperator {
  readonly index: number;
  readonly parameters: readonly Parameter[];
  readonly results: readonly Parameter[];
}

/** What `addon.cc` exports. Wrong arguments of any kind are errors; nothing here can harm the process. */
export interface Addon {
  readonly version: string;
  /** Type, bytes, number of dimensions and sizes of the tensor that the latest call gave, or that was described. */
  readonly description: Float64Array;
  find(name: string, overload: string): FoundOperator;
  names(): string[];
  call(index: number, ...values: unknown[]): unknown;
  from(values: Values, type: number, shape: readonly number[], device?: string): Handle;
  share(values: Values, type: number, shape: readonly number[]): Handle;
  /** Nobody else may have this array, or transfer it away. */
  adopt(values: Values, type: number, shape: readonly number[]): Handle;
  copyTo(tensor: Handle, values: Values): void;
  view(tensor: Handle): ArrayBuffer | null;
  read(tensor: Handle): Promise<ArrayBuffer>;
  /** The values into memory that is there, and that memory; beside what the device computes if it is pinned. */
  fetch(tensor: Handle, values: Values): Promise<Values>;
  /** A tensor with these values, and the memory once the device has read it; beside what it computes if it is pinned. */
  bring(
    values: Values,
    type: number,
    shape: readonly number[],
    device: string
  ): [Handle, Promise<Values>];
  /** Pins pages for good; false where there is no device for them. Pages are pinned once, and their memory is kept. */
  pin(bytes: Uint8Array): boolean;
  guard(owners: readonly object[], tensors: readonly Handle[]): number;
  release(tensor: Handle): boolean;
  describe(tensor: Handle): void;
  device(tensor: Handle): string;
  memory(): { readonly tensors: number; readonly bytes: number };
  /** Bytes outside of its heap that V8 has been told of. */
  told(): number;
  threads(count?: number): number;
  seed(seed: number): void;
  /** What is called where memory has run out, before that becomes an error: it gives back what nothing refers to. */
  onFull(collect: () => void): void;
  loadCuda(file: string): number;
}

/** What the set-up leaves behind, in `setup.json`. */
export interface TorchSetup {
  readonly addon: string;
  /** The folder of PyTorch's package. */
  readonly torch: string;
  readonly version: string;
  readonly cuda: boolean;
  /** The command of the Python that has it; that of `.venv` where the set-up is older. */
  readonly python?: string;
}

/** The sizes in a description. */
export function shapeIn(description: Float64Array): number[] {
  const shape = new Array<number>(description[2]);
  for (let k = 0; k < shape.length; k++) shape[k] = description[3 + k];
  return shape;
}

/** The version in a package folder of PyTorch; undefined where it does not say. */
function versionIn(folder: string): string | undefined {
  const file = join(folder, 'version.py');
  if (!existsSync(file)) return undefined;
  return /__version__ = '([^']+)'/.exec(readFileSync(file, 'utf8'))?.[1];
}

/** What an addon lacks that was built before the library was updated. */
const YOUNGEST = ['fetch', 'bring', 'pin', 'told', 'onFull'] as const;

let collector: (() => void) | undefined;

/** V8's own full collection, which only a flag brings to light. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  collector ??= runInNewContext('gc') as () => void;
  collector();
}

let loaded: Addon | undefined;

/** What the set-up has left here; undefined before it has run. */
export function readTorchSetup(folder = nativeFolder('torch')): TorchSetup | undefined {
  const file = join(folder, 'setup.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TorchSetup) : undefined;
}

/**
 * The process's one addon, on this process's share of the cores. Takes 0.3 s the first time.
 * @throws TORCH_ABSENT, TORCH_CHANGED, TORCH_LOAD
 */
export function loadAddon(): Addon {
  return (loaded ??= load(nativeFolder('torch')));
}

/** The addon of a folder that the set-up has filled. @throws TORCH_ABSENT, TORCH_CHANGED, TORCH_LOAD */
export function load(from: string): Addon {
  const setup = readTorchSetup(from);
  if (!setup || !existsSync(setup.addon)) throw new DecentLabError('TORCH_ABSENT');
  const folder = setup.torch;
  const received = versionIn(folder);
  // Another version has other classes in memory: calls would go astray.
  if (received !== undefined && received !== setup.version)
    throw new DecentLabError('TORCH_CHANGED', { version: setup.version, folder, received });
  try {
    const addon = createRequire(import.meta.url)(setup.addon) as Addon;
    const missing = YOUNGEST.filter(name => typeof addon[name] !== 'function');
    if (missing.length > 0)
      throw new Error(`the addon was built by an older version, without ${missing.join(' and ')}`);
    addon.threads(threadShare());
    addon.onFull(() => {
      tieAll(addon);
      collectGarbage();
    });
    if (setup.cuda) addon.loadCuda(join(folder, 'lib', 'libtorch_cuda.so'));
    return addon;
  } catch (cause) {
    const { version } = setup;
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new DecentLabError('TORCH_LOAD', { version, reason }, { cause });
  }
}

/** Where an engine's tensors lie: on the GPU that it was given, the only one that it sees, if PyTorch was set up for GPUs. */
export function engineDevice(
  given: GivenDevice | undefined = givenDevice(),
  setup: Pick<TorchSetup, 'cuda'> | undefined = readTorchSetup()
): 'cuda:0' | 'cpu' {
  return given !== undefined && setup?.cuda === true ? 'cuda:0' : 'cpu';
}

/** Runs a call of the addon; what it throws becomes an error of the table. `what` is the operator or the function. */
export function inWords<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw explain(what, error);
  }
}

const TWO_DEVICES = /same device/;
/** How PyTorch words a device that it cannot reach: a build without it, a machine without driver, a number too large. */
const NO_DEVICE =
  /arguments from the '(CUDA|HIP|XPU|MPS)' backend|not linked with support for (\w+) devices|no NVIDIA driver|ATen_cuda library|no CUDA-capable device|No CUDA GPUs are available|invalid device ordinal|not initialized for device|driver version is insufficient/;
/** Its advice for its own builders, and its stacks. */
const FOR_BUILDERS =
  / This could be because |\n?Exception rai|\n?Search for `cuda|\n?CUDA kernel errors might/;
/** After these, CUDA refuses whatever this process asks for. */
const LOST =
  /device-side assert|illegal (memory access|instruction)|misaligned address|launch (failure|timed out)|uncorrectable ECC/;

/** The error of the table for one that the addon threw. */
export function explain(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DecentLabError) return error;
  const { code } = error as { code?: string };
  const said = error.message.split(FOR_BUILDERS)[0].trim();
  const detail = { what, said };
  if (code === 'DISPOSED') return new DecentLabError('TENSOR_DISPOSED', detail, { cause: error });
  if (code === 'OUT_OF_MEMORY') {
    const room = { device: givenDevice(), cause: `${what}: ${said}` };
    return new DecentLabError('DEVICE_MEMORY', room, { cause: error });
  }
  if (code === 'ARGUMENT') {
    return new DecentLabError('OPERATOR_ARGUMENT', detail, { cause: error });
  }
  if (code !== 'ATEN') return error;
  const unreached = deviceError(what, said);
  if (unreached) return new DecentLabError(...unreached, { cause: error });
  return new DecentLabError(kindOf(said), detail, { cause: error });
}

function kindOf(said: string): 'DEVICE_LOST' | 'TENSOR_DEVICES' | 'OPERATOR_FAILED' {
  if (LOST.test(said)) return 'DEVICE_LOST';
  return TWO_DEVICES.test(said) ? 'TENSOR_DEVICES' : 'OPERATOR_FAILED';
}

/** The error for a device that PyTorch cannot reach; undefined if it complains of something else. */
function deviceError(
  what: string,
  said: string
): ['DEVICE_MISSING' | 'TORCH_DRIVER' | 'TORCH_PROCESSOR', Record<string, unknown>] | undefined {
  const found = NO_DEVICE.exec(said);
  if (!found) return undefined;
  const kind = (found[1] ?? found[2] ?? 'cuda').toLowerCase();
  const wanted = `${what}: a device of kind ${kind}`;
  if (kind === 'cuda' && !hasNvidia()) return ['TORCH_DRIVER', { wanted }];
  const isBuiltWithout = kind === 'cuda' && (found[1] ?? found[2]) !== undefined;
  return isBuiltWithout
    ? ['TORCH_PROCESSOR', { wanted, said }]
    : ['DEVICE_MISSING', { wanted, found: [] }];
}
