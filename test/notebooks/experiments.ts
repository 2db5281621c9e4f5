/** The experiments, and the sizes at which `npm test` runs those that take long; `npm run soak` runs them as they are. */
import { basename, join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { cifar10OrSkip } from '../helpers/cifar10.js';
import { filesIn, root } from '../helpers/project.js';
import { executeNotebook } from './execute.js';

export const EXPERIMENTS = filesIn('notebooks', ['.ipynb']);

/** What makes a notebook shorter, by its name. */
const REDUCED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'batch-size.ipynb': { iterations: 350 },
  'mnist-heterogeneous.ipynb': { count: 6_000 }
};

/** The experiments that are run at another size than their own. */
export const REDUCED_EXPERIMENTS = EXPERIMENTS.filter(path => basename(path) in REDUCED);

/** Runs an experiment from its first cell to its last: every check holds. */
export async function expectChecksHold(
  path: string,
  context: TestContext,
  { isReduced }: { isReduced: boolean }
): Promise<void> {
  if (path.includes('cifar10')) await cifar10OrSkip(context);
  const { failure, checks, hidden } = await executeNotebook(join(root, path), {
    signal: context.signal,
    parameters: isReduced ? REDUCED[basename(path)] : {}
  });
  expect(failure).toBeNull();
  expect(hidden).toEqual([]);
  expect(checks.filter(check => !check.line.startsWith('✓'))).toEqual([]);
  expect(checks.length).toBeGreaterThan(0);
}
