import { describe, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.js';
import { expectMistakesSeen, LONG_PAIRS } from '../notebooks/mistakes.js';
import { SOAK_LIMIT_MS } from './form.js';

describe('With a mistake', () => {
  const folder = temporaryFolder();

  it.for(LONG_PAIRS)(
    'every check of %s and %s says what was seen and what was expected',
    { timeout: SOAK_LIMIT_MS },
    (paths, { signal }) => expectMistakesSeen(paths, folder, signal)
  );
});
