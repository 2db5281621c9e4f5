/** What `npm test` counts: several runs add up to one line, and a run that breaks off counts as a failure. */
import { describe, expect, it } from 'vitest';
import { addTotals, totalsLine } from '../../kernel-runtime/src/shell/testing/totals.js';
import { runVitest } from '../../kernel-runtime/src/shell/testing/vitest.js';
import { temporaryFolder, writeProgram } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

describe('The totals', () => {
  it('of several runs add up to one line', () => {
    const runs = [
      { passed: 10, failed: 0, skipped: 1 },
      { passed: 2, failed: 3, skipped: 0 }
    ];
    expect(totalsLine(addTotals(runs))).toBe('12 passed, 3 failed, 1 skipped');
    expect(totalsLine(addTotals([]))).toBe('0 passed, 0 failed, 0 skipped');
  });

  it.each([
    ['ends without totals', 'exit 0'],
    ['crashes', 'kill -9 $$']
  ])('count a run that %s as one failure', async (_, script) => {
    const node = writeProgram(temporaryFolder(), 'node-stub', script);
    expect(await runVitest({ root, node })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('come from the run that vitest made', async () => {
    const node = writeProgram(
      temporaryFolder(),
      'node-stub',
      `echo '{ "passed": 5, "failed": 1, "skipped": 2 }' > "$DECENTLAB_TEST_TOTALS"`
    );
    expect(await runVitest({ root, node })).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });
});
