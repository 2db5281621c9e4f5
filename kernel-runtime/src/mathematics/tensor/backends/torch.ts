/**
 * Backend `torch`: the PyTorch of a pip wheel through its dispatcher, which the set-up builds an addon for
 * (`npm run setup:torch`). PyTorch's kernels on the processor, and on GPUs if its wheel has them.
 */
import { existsSync } from 'node:fs';

import { givenDevice, hasNvidia } from '../devices.js';
import { loadAddon, readTorchSetup } from '../torch/addon.js';
import type { Backend } from './backend.js';

const REMEDY = '`npm run setup:torch` sets it up (`-- --cuda` for GPUs of NVIDIA).';

export const torch: Backend = {
  name: 'torch',
  summary: 'PyTorch from its Python wheel, through its own operators; on GPUs too',
  missing() {
    const setup = readTorchSetup();
    if (!setup) return { reason: 'it has not been set up', remedy: REMEDY };
    const gone = [setup.addon, setup.torch].find(path => !existsSync(path));
    return gone === undefined ? undefined : { reason: `${gone} is gone`, remedy: REMEDY };
  },
  kinds: () => (readTorchSetup()?.cuda && hasNvidia() ? ['gpu', 'cpu'] : ['cpu']),
  async start(tf, kind) {
    const { registerTorch } = await import('../torch/backend/register.js');
    const { kernels } = await import('../torch/kernels/table.js');
    // An engine sees the one GPU that it was given.
    registerTorch(tf, kernels, kind === 'gpu' ? 'cuda:0' : 'cpu');
  },
  device: () => givenDevice()?.name ?? 'CPU',
  memory: () => loadAddon().memory().bytes
};
