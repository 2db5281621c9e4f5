/** What runs the notebooks of the tests beside this one tells of cells that fail, and of checks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.js';
import { executeNotebook } from './execute.js';

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

  it('reads the marks of the check cells; checks of a module beside the lesson are among them', async () => {
    const module =
      "import { mean } from 'decentlab';\n" +
      "export const checks = { '1': (list: number[]) => ({ seen: mean(list), expected: 2 }) };\n";
    writeFileSync(join(folder, 'runner-check.checks.ts'), module);
    const path = notebook(
      "import { checks } from './runner-check.checks';\ncheck('1', [1, 2, 3], checks)",
      "check('1', [1, 2], checks)",
      "console.log('seen');\nconsole.log('✗ 2');"
    );
    expect(await executeNotebook(path)).toEqual({
      failure: null,
      checks: [
        { cell: 0, line: '✓ 1  seen 2, expected 2' },
        { cell: 1, line: '✗ 1  seen 1.5, expected 2' },
        { cell: 2, line: '✗ 2' }
      ],
      hidden: []
    });
  });

  it('finds outputs that only an extension would show', async () => {
    const raw = (bundle: object): string =>
      `display({ [Symbol.for('Jupyter.display')]: () => (${JSON.stringify(bundle)}) });`;
    const path = notebook(
      raw({ 'application/vnd.plotly.v1+json': {}, 'text/plain': 'a plot' }),
      raw({ 'application/vnd.plotly.v1+json': {}, 'image/svg+xml': '<svg/>', 'text/plain': '' }),
      raw({ 'text/html': '<b>bold</b>' })
    );
    const { hidden } = await executeNotebook(path);
    expect(hidden.map(({ cell }) => cell)).toEqual([0, 2]);
  });
});
