/** ResNet-20 on PyTorch and on TensorFlow: the same losses, where both are set up. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tensorflow } from '../../../../kernel-runtime/src/mathematics/tensor/backends/tensorflow.js';
import { needsTorch } from '../../../helpers/torch.js';

interface Trained {
  readonly backend: string;
  readonly losses: readonly number[];
  /** The sums of the moving means and variances, layer by layer. */
  readonly moving: readonly number[];
}

async function train(backend: string): Promise<Trained> {
  const script = fileURLToPath(new URL('resnet20.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, backend]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Trained;
}

describe('ResNet-20 on the backend torch', () => {
  needsTorch();

  it(
    'has the losses of the TensorFlow binding to 1e-4 over 20 steps',
    { timeout: 300_000 },
    async context => {
      if (tensorflow.missing()) context.skip('no TensorFlow here: `npm run setup:tensorflow`');
      const ours = await train('torch');
      const reference = await train('tensorflow');
      expect([ours.backend, reference.backend]).toEqual(['torch', 'tensorflow']);
      expect(ours.losses).toHaveLength(20);
      expect(ours.losses[19]).toBeLessThan(ours.losses[0] - 0.1);
      ours.losses.forEach((loss, k) =>
        expect(Math.abs(loss - reference.losses[k]), `step ${k}`).toBeLessThan(1e-4)
      );
      ours.moving.forEach((sum, k) => {
        const difference = Math.abs(sum - reference.moving[k]);
        expect(difference / (1 + Math.abs(sum)), `statistic ${k}`).toBeLessThan(1e-4);
      });
    }
  );
});
