/** ResNet-50 trains: in the size of ImageNet on TensorFlow, in a smaller one on wasm; time and memory are told. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { backends } from '../../kernel-runtime/src/mathematics/tensor/backends/table.js';
import { programFile } from '../../kernel-runtime/src/package.js';
import type { StepTimes } from '../../kernel-runtime/src/shell/commands/bench/train/step-program.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

const STEPS = 4;
const MOST_MEMORY_MB = 4000;

it.for([
  { backend: 'tensorflow', batch: 2, side: 224 },
  { backend: 'wasm', batch: 2, side: 64 }
])(
  'ResNet-50 learns on $backend: batch $batch, $side pixels a side, 1,000 classes',
  { timeout: SOAK_LIMIT_MS },
  async ({ backend, batch, side }, context) => {
    const missing = backends.find(({ name }) => name === backend)?.missing();
    if (missing) return context.skip(`${missing.reason}. ${missing.remedy}`);
    const args = [batch, STEPS, 'resnet50', side].map(String);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [programFile('bench/train-step'), ...args],
      { env: { ...process.env, DECENTLAB_BACKEND: backend } }
    );
    const { times, losses, parameters, memory } = JSON.parse(stdout) as StepTimes;
    const shortest = Math.round(Math.min(...times));
    tell(`${backend}: ${shortest} ms a step, at most ${Math.round(memory)} MB, losses ${losses}`);
    expect(parameters).toBe(25_557_032);
    expect(losses.at(-1)).toBeLessThan(losses[0]);
    expect(memory).toBeLessThan(MOST_MEMORY_MB);
  }
);
