/** The backend `torch` under TensorFlow.js: a network trains as on TensorFlow.js's own kernels, and gives its memory back. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { builtFolder } from '../../../../kernel-runtime/src/package.js';
import { needsTorch } from '../../../helpers/torch.js';

interface Trained {
  readonly backend: string;
  readonly losses: readonly number[];
  readonly leaked: number;
}

async function train(backend: string): Promise<Trained> {
  const script = fileURLToPath(new URL('training.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, backend]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Trained;
}

describe('The backend torch', () => {
  needsTorch();

  it('makes what its kernels give on its device, whatever that is', async () => {
    const script = fileURLToPath(new URL('placed.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, builtFolder]);
    const said = stdout.trim().split('\n').at(-1) ?? '';
    const { kernels, wrong } = JSON.parse(said) as { kernels: string[]; wrong: string[] };
    expect(wrong).toEqual([]);
    expect(kernels.length).toBeGreaterThan(30);
    expect(kernels).toContain('Fill');
  });

  it('trains a residual network to the losses of the plain JavaScript backend, to 1e-4 over 20 steps', async () => {
    const [ours, reference] = await Promise.all([train('torch'), train('cpu')]);
    expect(ours.backend).toBe('torch');
    expect(ours.leaked).toBe(0);
    expect(ours.losses).toHaveLength(20);
    expect(ours.losses[19]).toBeLessThan(ours.losses[0] / 2);
    ours.losses.forEach((loss, k) =>
      expect(Math.abs(loss - reference.losses[k])).toBeLessThan(1e-4)
    );
  });
});
