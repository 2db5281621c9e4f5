/** The CIFAR-10 experiment at reduced size with three seeds: the margin is larger than what the seeds make. */
import { expect, it } from 'vitest';
import { cifar10OrSkip } from '../helpers/cifar10.js';
import { temporaryFolder } from '../helpers/folder.js';
import { accuracies, runExperiment } from '../notebooks/cifar10-experiment.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

const folder = temporaryFolder();

it(
  'DecentLaM is above DmSGD by more than the spread of three seeds, and below PmSGD',
  { timeout: SOAK_LIMIT_MS },
  async context => {
    await cifar10OrSkip(context);
    const outcomes = await runExperiment(folder, ['--seeds', '0,1,2'], context.signal);
    const [pmsgd, dmsgd, decentlam] = ['pmsgd', 'dmsgd', 'decentlam'].map(method =>
      accuracies(outcomes, method)
    );
    for (const { method, seed, own, averaged } of outcomes)
      tell(`${method}, seed ${seed}: own ${own.mean.toFixed(3)}, averaged ${averaged.toFixed(3)}`);
    const spread = (values: number[]): number => Math.max(...values) - Math.min(...values);
    const margin = Math.min(...decentlam) - Math.max(...dmsgd);
    expect(margin).toBeGreaterThan(Math.max(spread(dmsgd), spread(decentlam)));
    expect(Math.min(...pmsgd)).toBeGreaterThan(Math.max(...decentlam));
  }
);
