/** What `npm test` counts: several runs add up to one line, and a run that breaks off counts as a failure. */
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  addTotals,
  afterSecondTry,
  summary
} from '../../kernel-runtime/src/shell/testing/totals.js';
import { runVitest, runWithSecondTry } from '../../kernel-runtime/src/shell/testing/vitest.js';
import { temporaryFolder, writeProgram } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

/** A folder with test files by name, below one import of all that they use. */
function suite(tests: Record<string, string>): string {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(tests))
    write(`${name}.test.ts`, `import { beforeAll, describe, expect, it } from 'vitest';\n${text}`);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const reporters = [join(root, 'test/helpers/reporter.ts')];
  write('vitest.config.mjs', `export default ${JSON.stringify({ test: { reporters } })};`);
  return folder;
}

afterEach(() => void vi.unstubAllEnvs());

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

  it('of a second try stand for those of the files that had failed', () => {
    const told = (counts: object, failures: string[], files: object) => ({
      ...{ passed: 0, failed: 0, skipped: 0, ...counts, failures, repeated: [] },
      files: files as Record<string, { passed: number; failed: number; skipped: number }>
    });
    const files = {
      'a.test.ts': { passed: 3, failed: 1, skipped: 1 },
      'b.test.ts': { passed: 0, failed: 1, skipped: 0 }
    };
    const first = told(
      { passed: 10, failed: 2, skipped: 2 },
      ['a.test.ts:3 > x', 'b.test.ts: no'],
      files
    );
    const second = told({ passed: 6, failed: 1, skipped: 1 }, ['b.test.ts > y'], {
      'b.test.ts': { passed: 2, failed: 1, skipped: 0 }
    });
    expect(afterSecondTry(first, second)).toEqual({
      ...{ passed: 13, failed: 1, skipped: 2, failures: ['b.test.ts > y'] },
      repeated: ['a.test.ts:3 > x']
    });
    const broken = { passed: 0, failed: 1, skipped: 0, failures: ['broken off'], repeated: [] };
    expect(afterSecondTry(first, broken)).toEqual({
      ...{ passed: 7, failed: 1, skipped: 1, failures: ['broken off'], repeated: [] }
    });
  });

  it('name what pages showed beside the failure', async () => {
    const folder = suite({
      page: "it('holds', ({ task }) => { task.meta.shown = 'a page'; expect(1).toBe(2); });"
    });
    const { failures } = await runVitest({ root: folder });
    expect(failures).toEqual([
      'page.test.ts:2 > holds: expected 1 to be 2 // Object.is equality [seen: a page]'
    ]);
  });

  it('name a failed test with its line, one that needed a try of its own, files that cannot be loaded or set up, and what each said', async () => {
    const folder = suite({
      wrong: "it('stands', () => {});\nit('holds', () => expect(1).toBe(2));",
      second: "let k = 0;\nit('holds then', { retry: 1 }, () => expect(++k).toBe(2));",
      broken: "throw new Error('not loaded');",
      hook: "describe('a', () => {\nbeforeAll(() => { throw new Error('not set up'); });\nit('holds', () => {});\n});"
    });
    const { failures, repeated, files, ...counts } = await runVitest({ root: folder });
    expect(counts).toEqual({ passed: 2, failed: 3, skipped: 1 });
    expect(repeated).toEqual([
      'second.test.ts:3 > holds then: expected 1 to be 2 // Object.is equality'
    ]);
    expect([...failures].sort()).toEqual([
      'broken.test.ts: not loaded',
      'hook.test.ts: not set up',
      'wrong.test.ts:3 > holds: expected 1 to be 2 // Object.is equality'
    ]);
    expect(files).toEqual({
      'broken.test.ts': { passed: 0, failed: 1, skipped: 0 },
      'hook.test.ts': { passed: 0, failed: 1, skipped: 1 },
      'wrong.test.ts': { passed: 1, failed: 1, skipped: 0 }
    });
  });

  describe('where CI is set', () => {
    const mark = join(temporaryFolder(), 'tried');
    // The second test goes on from where the first ended, as those of a page do.
    const chain = `import { existsSync, writeFileSync } from 'node:fs';
      let isOpen = false;
      it('opens', () => { isOpen = existsSync('${mark}'); writeFileSync('${mark}', ''); });
      it('goes on', () => expect(isOpen).toBe(true));`;

    it('are those of a second run of each file that failed, as a whole', async () => {
      vi.stubEnv('CI', 'true');
      const wrong = "it('holds', () => expect(1).toBe(2));";
      const folder = suite({ chain, wrong, right: "it('is right', () => {});" });
      expect(await runWithSecondTry({ root: folder })).toEqual({
        ...{ passed: 3, failed: 1, skipped: 0 },
        failures: ['wrong.test.ts:2 > holds: expected 1 to be 2 // Object.is equality'],
        repeated: [expect.stringContaining('chain.test.ts:5 > goes on: expected false to be true')]
      });
    });

    it('are those of the one run elsewhere', async () => {
      vi.stubEnv('CI', '');
      rmSync(mark);
      const { passed, failed } = await runWithSecondTry({ root: suite({ chain }) });
      expect([passed, failed]).toEqual([1, 1]);
    });
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
