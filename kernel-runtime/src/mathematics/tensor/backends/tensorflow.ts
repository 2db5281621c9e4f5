/**
 * Backend `tensorflow`: the TensorFlow of a pip wheel through the N-API binding of tfjs-node, which the set-up builds
 * against it (`npm run setup:tensorflow`). Kernels in C++, and CUDA's if the wheel has them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { KernelBackend } from '@tensorflow/tfjs';

import { DecentLabError } from '../../../errors.js';
import { givenDevice, hasNvidia } from '../devices.js';
import { threadShare } from '../threads.js';
import type { Backend } from './backend.js';
import { nativeFolder } from './native-folder.js';
import { registerTensorflowKernels } from './tensorflow-kernels.js';

const REMEDY = '`npm run setup:tensorflow` sets it up (`-- --cuda` for GPUs of NVIDIA).';
/** What TensorFlow says when a device has no room left. */
const NO_ROOM = /OOM when allocating|RESOURCE_EXHAUSTED|Resource exhausted|out of memory/i;

/** What the set-up leaves behind, in `setup.json`. */
export interface TensorflowSetup {
  /** The compiled binding. */
  readonly binding: string;
  /** The folder of tfjs-node's own JavaScript. */
  readonly package: string;
  /** The folder of the wheel that it was built against. */
  readonly wheel: string;
  readonly version: string;
  readonly cuda: boolean;
}

interface Binding {
  executeOp(...call: unknown[]): unknown;
  isUsingGpuDevice(): boolean;
}

export const tensorflow: Backend = {
  name: 'tensorflow',
  summary: 'TensorFlow from its Python wheel, through its own kernels; on GPUs of NVIDIA too',
  missing() {
    const setup = readSetup();
    if (!setup) return { reason: 'it has not been set up', remedy: REMEDY };
    const gone = [setup.binding, setup.package, setup.wheel].find(path => !existsSync(path));
    return gone === undefined ? undefined : { reason: `${gone} is gone`, remedy: REMEDY };
  },
  kinds: () => (readSetup()?.cuda && hasNvidia() ? ['gpu', 'cpu'] : ['cpu']),
  start(tf) {
    const setup = readSetup() as TensorflowSetup;
    // TensorFlow reads them when it is loaded.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threadShare());
    process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
    const load = createRequire(join(setup.package, 'package.json'));
    load('./dist/register_all_kernels.js');
    const { NodeJSKernelBackend } = load('./dist/nodejs_kernel_backend.js') as {
      NodeJSKernelBackend: new (binding: Binding, name: string) => KernelBackend;
    };
    const binding = load(setup.binding) as Binding;
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(withRemedy(binding), ''));
    registerTensorflowKernels(tf);
    return Promise.resolve();
  },
  device(tf) {
    const { binding } = tf.backend() as KernelBackend & { binding: Binding };
    return binding.isUsingGpuDevice() ? (givenDevice()?.name ?? 'GPU') : 'CPU';
  },
  // Of its tensors; what TensorFlow takes besides, its binding does not tell.
  memory: tf => tf.memory().numBytes
};

/** What the set-up has left here; undefined before it has run. */
export function readSetup(folder = nativeFolder('tensorflow')): TensorflowSetup | undefined {
  const file = join(folder, 'setup.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TensorflowSetup) : undefined;
}

/** The binding, whose error on a full device says what to do. Its own members cannot be written to. */
function withRemedy(binding: Binding): Binding {
  const executeOp = (...call: unknown[]): unknown => {
    try {
      return binding.executeOp(...call);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (!NO_ROOM.test(cause)) throw error;
      throw new DecentLabError('DEVICE_MEMORY', { device: givenDevice(), cause });
    }
  };
  return Object.create(binding, { executeOp: { value: executeOp } }) as Binding;
}
