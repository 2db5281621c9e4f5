/** What `npm test` counts: several runs add up to one line, and a run that breaks off counts as a failure. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addTotals, summary } from '../../kernel-runtime/src/shell/testing/totals.js';
import { runVitest } from '../../kernel-runtime/src/shell/testing/vitest.js';
import { temporaryFolder, writeProgram } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

describe('The totals', () => {
  it('of several runs add up to one line, below a line for each failure and second try', () => {
    const runs = [
      { passed: 10, failed: 0, skipped: 1, failures: [], repeated: ['e > f: was 3'] },
      { passed: 2, failed: 2, skipped: 0, failures: ['a > b: was 1', 'c > d: was 2'], repeated: [] }
    ];
    expect(summary(addTotals(runs))).toBe(
      'passed at the second try: e > f: was 3\n✗ a > b: was 1\n✗ c > d: was 2\n12 passed, 2 failed, 1 skipped'
    );
    expect(summary(addTotals([]))).toBe('0 passed, 0 failed, 0 skipped');
  });

  it('name a failed test, one that needed a second try, a file that cannot be loaded, and what each said', async () => {
    const folder = temporaryFolder();
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      'wrong.test.ts',
      `import { expect, it } from 'vitest';\nit('holds', () => expect(1).toBe(2));`
    );
    write(
      'second.test.ts',
      `import { expect, it } from 'vitest';\nlet tries = 0;\nit('holds then', { retry: 1 }, () => expect(++tries).toBe(2));`
    );
    write('broken.test.ts', `throw new Error('not loaded');`);
    write(
      'vitest.config.mjs',
      `export default { test: { reporters: [${JSON.stringify(join(root, 'test/helpers/reporter.ts'))}] } };`
    );
    const filters = ['--root', folder];
    const { failures, repeated, ...counts } = await runVitest({ root, filters });
    expect(counts).toEqual({ passed: 1, failed: 2, skipped: 0 });
    expect(repeated).toEqual([
      'second.test.ts > holds then: expected 1 to be 2 // Object.is equality'
    ]);
    expect(failures).toEqual([
      'wrong.test.ts > holds: expected 1 to be 2 // Object.is equality',
      'not loaded'
    ]);
  });

  it.each([
    ['ends without totals', 'exit 0'],
    ['crashes', 'kill -9 $$']
  ])('count a run that %s as one failure', async (_, script) => {
    const node = writeProgram(temporaryFolder(), 'node-stub', script);
    expect(await runVitest({ root, node })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [expect.stringMatching(/^vitest did not run to its end: /)],
      repeated: []
    });
  });

  it('come from the run that vitest made', async () => {
    const node = writeProgram(
      temporaryFolder(),
      'node-stub',
      `echo '{ "passed": 5, "failed": 1, "skipped": 2, "failures": ["a > b: was 1"], "repeated": [] }' > "$DECENTLAB_TEST_TOTALS"`
    );
    expect(await runVitest({ root, node })).toEqual({
      passed: 5,
      failed: 1,
      skipped: 2,
      failures: ['a > b: was 1'],
      repeated: []
    });
  });
});
