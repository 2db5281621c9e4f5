/** Every tutorial and every experiment runs from its first cell to its last, and all its checks hold. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.js';
import { filesIn, root } from '../helpers/project.js';
import { executeNotebook } from './execute.js';

const MINUTE = 60_000;
const NOTEBOOKS = ['tutorials', 'notebooks'].flatMap(folder => filesIn(folder, ['.ipynb']));

describe('The notebook', () => {
  if (NOTEBOOKS.length === 0) it('is there', context => context.skip('no notebook yet'));

  it.for(NOTEBOOKS)(
    '%s runs from top to bottom, and every check holds',
    { timeout: 5 * MINUTE },
    async (path, { signal }) => {
      const { failure, checks } = await executeNotebook(join(root, path), signal);
      expect(failure).toBeNull();
      expect(checks.filter(check => !check.line.startsWith('✓'))).toEqual([]);
      expect(checks.length).toBeGreaterThan(0);
    }
  );
});

describe('The runner of notebooks', () => {
  const folder = temporaryFolder();

  function notebook(...cells: string[]): string {
    const path = join(folder, 'runner-check.ipynb');
    const code = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [] };
    const content = {
      cells: cells.map((source, index) => ({ ...code, id: `cell-${index}`, source })),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5
    };
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  it('names the failing cell, its source and its error', async () => {
    const path = notebook('const one = 1;', 'throw new RangeError(`no ${one}`);', 'one');
    const { failure } = await executeNotebook(path);
    expect(failure).toEqual({
      cell: 1,
      source: 'throw new RangeError(`no ${one}`);',
      error: expect.stringContaining('no 1')
    });
  });

  it('reads the marks of the check cells', async () => {
    const path = notebook("console.log('✓ seen 1');", "console.log('seen');\nconsole.log('✗ 2');");
    expect(await executeNotebook(path)).toEqual({
      failure: null,
      checks: [
        { cell: 0, line: '✓ seen 1' },
        { cell: 1, line: '✗ 2' }
      ]
    });
  });
});
