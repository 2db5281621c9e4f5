/** Steps of ResNet-20 on the device beside those of Python's torch. */
import { join } from 'node:path';

import { THREADS_VARIABLE } from '../../../mathematics/tensor/threads.js';
import { packageRoot } from '../../../package.js';
import { outputOf } from '../bench/exchange/program.js';
import { median } from '../bench/statistics.js';
import { torchPython } from '../bench/torch-python.js';
import type { StepTimes } from '../bench/train/step-program.js';
import { askProgram, inMs, torchEnvironment } from './children.js';
import type { Part } from './part.js';

const SCRIPT = join(packageRoot, 'assets', 'bench', 'train.py');
const JOBS = {
  gpu: { batches: [8, 32, 256, 1024], steps: 20 },
  cpu: { batches: [8], steps: 2 }
};

export const speedPart: Part = {
  name: 'speed',
  shows:
    'a step of ResNet-20 beside Python’s torch on the same device; at most 1.2 x from batch 256 on',
  async run({ kind, progress }) {
    const { batches, steps } = JOBS[kind];
    // As Python's program, which takes one thread of the processor.
    const env: NodeJS.ProcessEnv = { ...(await torchEnvironment(kind)), [THREADS_VARIABLE]: '1' };
    const python = await torchPython();
    const lines: string[] = [];
    const figures: Record<string, number> = {};
    for (const batch of batches) {
      progress(`batch ${batch}`);
      const args = [String(batch), String(steps)];
      const ours = median((await askProgram<StepTimes>('bench/train-step', args, env)).times);
      const said = await outputOf([python.command, SCRIPT, ...args, kind], {
        env: { ...env, ...python.env, CUDA_VISIBLE_DEVICES: env['CUDA_VISIBLE_DEVICES'] }
      });
      const { times, device } = JSON.parse(said) as StepTimes;
      // Its program takes the processor instead, which would be another comparison.
      if (kind === 'gpu' && device?.startsWith('CPU') === true)
        throw new Error('Python’s torch finds no GPU to be compared on');
      const theirs = median(times);
      lines.push(
        `batch ${batch}: ${inMs(ours)}, Python torch ${inMs(theirs)}: ${(ours / theirs).toFixed(2)} x`
      );
      Object.assign(figures, { [`batch ${batch}`]: ours, [`batch ${batch}, Python`]: theirs });
    }
    return { isRight: true, lines, figures };
  }
};
