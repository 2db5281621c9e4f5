/**
 * Every lesson and every experiment runs from its first cell to its last, and all its checks hold. The exercises of
 * lessons are run in the students' version first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStudentVersion } from '../../kernel-runtime/src/shell/commands/notebooks/student.js';
import { cifar10OrSkip } from '../helpers/cifar10.js';
import { temporaryFolder } from '../helpers/folder.js';
import { filesIn, root } from '../helpers/project.js';
import { executeNotebook } from './execute.js';
import {
  checksIn,
  exercisesIn,
  LESSONS,
  readLesson,
  withBeginnings,
  writeNotebook,
  type Notebook
} from './lessons.js';

const MINUTE = 60_000;
const EXPERIMENTS = filesIn('notebooks', ['.ipynb']);

describe('The experiment', () => {
  it.for(EXPERIMENTS)(
    '%s runs from top to bottom, and every check holds',
    { timeout: 5 * MINUTE },
    async (path, context) => {
      const { signal } = context;
      if (path.includes('cifar10')) await cifar10OrSkip(context);
      const { failure, checks, hidden } = await executeNotebook(join(root, path), signal);
      expect(failure).toBeNull();
      expect(hidden).toEqual([]);
      expect(checks.filter(check => !check.line.startsWith('✓'))).toEqual([]);
      expect(checks.length).toBeGreaterThan(0);
    }
  );
});

describe('The lesson', () => {
  const folder = temporaryFolder();
  writeStudentVersion(join(root, 'tutorials'), folder);

  it.for(LESSONS)(
    '%s runs without the extension from top to bottom; exercises fail as they begin and hold when solved; checks hold again',
    { timeout: 5 * MINUTE },
    async (path, { signal }) => {
      const lesson = readLesson(path);
      const copy = join(folder, basename(path));
      const student = JSON.parse(readFileSync(copy, 'utf8')) as Notebook;
      writeNotebook(copy, withBeginnings(lesson, student));
      const { failure, checks, hidden } = await executeNotebook(copy, signal);
      expect(failure).toBeNull();
      expect(hidden).toEqual([]);
      const exercises = exercisesIn(lesson);
      const marks = checks.map(({ line }) => line.split(/ {2}|$/, 1)[0]);
      const ids = lesson.cells.flatMap(checksIn);
      const inOrder = ids.flatMap(id => [
        ...(exercises.includes(id) ? [`✗ ${id}`] : []),
        `✓ ${id}`
      ]);
      expect(marks.slice(0, inOrder.length)).toEqual(inOrder);
      const again = marks.slice(inOrder.length);
      expect(again.length).toBeGreaterThan(exercises.length);
      expect(again).toEqual(ids.slice(-again.length).map(id => `✓ ${id}`));
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
