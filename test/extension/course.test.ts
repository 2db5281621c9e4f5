/** Courses, exercises and progress as the extension sees them. */
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { courseOf, join, workPath } from '../../extension/src/course/catalogue.js';
import {
  exerciseOf,
  freshCell,
  hasCheck,
  outcomeIn,
  solutionIn,
  studentCell,
  withoutSolution
} from '../../extension/src/course/exercises.js';
import {
  exerciseCounts,
  lastLesson,
  merged,
  progressOf,
  type LessonProgress
} from '../../extension/src/course/progress.js';
import { goesUp } from '../../extension/src/course/tour.js';
import * as commandLine from '../../kernel-runtime/src/shell/commands/notebooks/exercises.js';

const trans = nullTranslator.load('');
const lesson = { file: 'a.ipynb', title: 'A', summary: 'About A.', minutes: 5 };
const course = (content: object): string => JSON.stringify({ lessons: [lesson], ...content });

describe('a course', () => {
  it.each<[string, object, boolean, string]>([
    ['in the lessons themselves', {}, false, 'tutorials/a.ipynb'],
    ['in copies, where the course says so', { copies: '../mine' }, false, 'mine/a.ipynb'],
    ['in copies beside it, where it is read-only', {}, true, 'my-tutorials/a.ipynb']
  ])('has students work %s', (_, content, isReadOnly, path) => {
    const found = courseOf('tutorials', course(content), { isReadOnly, trans });
    expect(typeof found === 'object' && workPath(found, lesson)).toBe(path);
  });

  it.each([
    ['{', 'tutorials/course.json is not JSON with a list of lessons.'],
    ['{}', 'tutorials/course.json has no list of lessons.'],
    [course({ lessons: [5] }), 'tutorials/course.json: lesson 1 needs "file", a string.'],
    [
      course({ lessons: [lesson, { ...lesson, minutes: '5' }] }),
      'tutorials/course.json: lesson 2 needs "minutes", a number.'
    ]
  ])('that is wrong is said in one sentence: %s', (text, sentence) => {
    expect(courseOf('tutorials', text, { isReadOnly: false, trans })).toBe(sentence);
  });

  it('never leaves the folder that JupyterLab serves', () => {
    expect(join('tutorials', '../../../etc', './x')).toBe('etc/x');
  });
});

const sources = [
  '// Exercise 2.6: best\n// BEGIN SOLUTION\n// STARTER let a = 1;\nlet a = 2;\n// END SOLUTION\na',
  '%%px\n// Exercise 2.7\nf(() => {\n  // BEGIN SOLUTION\n  b\n  // END SOLUTION\n})',
  '// BEGIN SOLUTION\na\n// END SOLUTION\n// BEGIN SOLUTION\nb\n// END SOLUTION',
  'text\n<!-- BEGIN SOLUTION -->\nsecret\n<!-- END SOLUTION -->',
  '// Exercised: no\n// BEGIN SOLUTION\nhalf written',
  ''
];

describe('an exercise', () => {
  it.each(sources)('is the same to the buttons and to the command line: %j', source => {
    const cell = { cell_type: 'code', source, metadata: {} };
    const solutions = commandLine.solutionsIn(source);
    expect(withoutSolution(source)).toEqual({
      starter: commandLine.starterOf(source),
      solution: solutions.length > 0 ? solutions.join('\n') : null
    });
    expect(exerciseOf(source)).toBe(commandLine.exerciseIn(cell));
  });

  it('loses its solution and its outputs in a copy, and remembers its beginning', () => {
    const cell = {
      cell_type: 'code',
      source: sources[0].split(/(?<=\n)/),
      metadata: { tags: ['x'] }
    };
    const starter = '// Exercise 2.6: best\nlet a = 1;\na';
    expect(studentCell({ ...cell, outputs: [{}], execution_count: 3 })).toEqual({
      ...{ cell_type: 'code', source: starter, outputs: [], execution_count: null },
      metadata: { tags: ['x'], decentlab: { exercise: '2.6', starter } }
    });
    expect(solutionIn([cell], '2.6')).toBe('let a = 2;');
    expect(solutionIn([cell], '2.7')).toBeNull();
  });

  it('begins anew without the original too, and what is no exercise loses its outputs only', () => {
    const done = { outputs: [{}], execution_count: 3 };
    const fresh = { outputs: [], execution_count: null };
    const metadata = { decentlab: { exercise: '2.6', starter: 'let a;' } };
    const own = { cell_type: 'code', source: 'let a = 2;', metadata };
    const other = { cell_type: 'code', source: 'a', metadata: {} };
    const prose = { cell_type: 'markdown', source: 'a', metadata };
    expect([{ ...own, ...done }, { ...other, ...done }, prose].map(freshCell)).toEqual([
      { ...own, ...fresh, source: 'let a;' },
      { ...other, ...fresh },
      prose
    ]);
  });

  it.each<[string[], boolean | null]>([
    [['✓ 2.6  seen 1, expected 1'], true],
    [['✗ 2.6  seen 2, expected 1\n  Hint: ✓ 2.6 seen'], false],
    [['✓ 2.6  seen 1, expected 1', '✗ 2.6  seen 2, expected 1'], false],
    [['✓ 2.61  seen 1, expected 1'], null],
    [[], null]
  ])('is solved or not by the last line of its check: %j', (texts, outcome) => {
    expect(outcomeIn(texts, '2.6')).toBe(outcome);
  });

  it.each([
    ["check('2.6', a)", true],
    ['check(\n  "2.6", a)', true],
    ["check('2.61', a)", false],
    ["recheck('2.6', a)", false]
  ])('is checked by %j: %s', (source, expected) => {
    expect(hasCheck(source, '2.6')).toBe(expected);
  });
});

describe('progress', () => {
  const done = (opened: string, parts: Partial<LessonProgress>): LessonProgress => ({
    ...{ opened, cells: 3, ran: [], exercises: {} },
    ...parts
  });

  it('of two tabs is what was done in either, and forgets nothing', () => {
    const first = done('2026-01-01', {
      ran: ['a'],
      cell: 'a',
      exercises: { '1': { checks: 2, hints: 0, solved: 'then' } }
    });
    const second = done('2026-01-02', {
      ran: ['b'],
      cell: 'b',
      exercises: { '1': { checks: 1, hints: 2, solutionSeen: 'later' } }
    });
    const both = merged({ lessons: { x: first } }, { lessons: { x: second, y: first } });
    expect(both).toEqual(merged({ lessons: { y: first, x: second } }, { lessons: { x: first } }));
    expect(both.lessons['x']).toEqual({
      ...{ opened: '2026-01-02', cells: 3, cell: 'b', ran: ['a', 'b'] },
      exercises: { '1': { checks: 2, hints: 2, solved: 'then', solutionSeen: 'later' } }
    });
    expect(lastLesson(both)).toBe('x');
    expect(exerciseCounts(both.lessons['x'])).toEqual({ solved: 1, all: 1 });
  });

  it.each(['', '{', 'null', '{"lessons":{"x":null}}', '{"lessons":5}'])(
    'in a damaged file counts as little or nothing: %j',
    text => {
      const { lessons } = progressOf(text);
      expect(Object.values(lessons).every(({ ran, cells }) => ran.length + cells === 0)).toBe(true);
    }
  );
});

describe('the card of the tour', () => {
  it.each([
    ['stays beside a panel on the left', { top: 0, right: 280, bottom: 800 }, false],
    ['stays below a cell above it', { top: 100, right: 1240, bottom: 200 }, false],
    ['goes above a cell that it would cover', { top: 600, right: 1240, bottom: 700 }, true],
    [
      'stays where it is if it covers some of it anywhere',
      { top: 0, right: 1240, bottom: 800 },
      false
    ]
  ])('%s', (_, box, isHigh) => {
    expect(goesUp({ width: 360, height: 200 }, box, { width: 1280, height: 800 })).toBe(isHigh);
  });
});
