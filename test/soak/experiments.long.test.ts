import { describe, it } from 'vitest';
import { expectChecksHold, REDUCED_EXPERIMENTS } from '../notebooks/experiments.js';
import { SOAK_LIMIT_MS } from './form.js';

describe('The experiment', () => {
  it.for(REDUCED_EXPERIMENTS)(
    '%s holds at its own size',
    { timeout: SOAK_LIMIT_MS },
    (path, context) => expectChecksHold(path, context, { isReduced: false })
  );
});
