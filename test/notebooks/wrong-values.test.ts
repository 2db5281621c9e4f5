import { describe, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.js';
import { expectMistakesSeen, SHORT_PAIRS } from './mistakes.js';

const MINUTE = 60_000;

describe('With a mistake', () => {
  const folder = temporaryFolder();

  it.for(SHORT_PAIRS)(
    'every check of %s and %s says what was seen and what was expected',
    { timeout: 5 * MINUTE },
    (paths, { signal }) => expectMistakesSeen(paths, folder, signal)
  );
});
