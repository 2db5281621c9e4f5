import { describe, it } from 'vitest';
import { EXPERIMENTS, expectChecksHold } from './experiments.js';

const MINUTE = 60_000;

describe('The experiment', () => {
  it.for(EXPERIMENTS)(
    '%s runs from top to bottom, and every check holds',
    { timeout: 5 * MINUTE },
    (path, context) => expectChecksHold(path, context, { isReduced: true })
  );
});
