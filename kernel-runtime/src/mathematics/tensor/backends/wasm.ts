/** Backend `wasm`: WebAssembly with SIMD, one thread since engines share the cores. Needs no set-up. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

import { DecentLabError } from '../../../errors.js';
import type { Backend } from './backend.js';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

export const wasm: Backend = {
  name: 'wasm',
  summary: 'WebAssembly with SIMD; needs no set-up',
  missing: () => undefined,
  kinds: () => ['cpu'],
  async start(tf) {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const packageFile = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    setWasmPaths(join(dirname(packageFile), 'dist') + sep);
    setThreadsCount(1);
    const { registerWasmKernels } = await import('../wasm/kernels.js');
    registerWasmKernels(tf);
    await tf.setBackend('wasm');
    refuseBeyondHeap(tf.backend() as BackendWasm);
  }
};

/** What a compiled module offers, which its declaration leaves out. */
interface Heap {
  /** The address of so many bytes; 0 if there is no room. */
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Addresses have 32 bits. */
const MOST_BYTES = 2 ** 32;
const MEBIBYTE = 2 ** 20;

/**
 * Where the heap is full, the backend writes to address 0, and where a tensor has more bytes than there are addresses, it
 * takes memory for the remainder: both would overwrite what belongs to others.
 */
function refuseBeyondHeap(backend: BackendWasm): void {
  const wasm = backend.wasm as unknown as Heap;
  // With its first call the compiled module puts another function in its place.
  wasm._free(wasm._malloc(1));
  const malloc = wasm._malloc.bind(wasm);
  wasm._malloc = bytes => {
    const place = bytes < MOST_BYTES ? malloc(bytes) : 0;
    if (place !== 0 || bytes === 0) return place;
    const cause = `${Math.ceil(bytes / MEBIBYTE)} MiB more do not fit in the 4 GiB of its heap`;
    throw new DecentLabError('DEVICE_MEMORY', { device: 'The heap of the backend wasm', cause });
  };
}
