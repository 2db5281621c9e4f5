/** Backend `wasm`: WebAssembly with SIMD, one thread since engines share the cores. Needs no set-up. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

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
  }
};
