/** Lessons for a class: nothing of a solution is left, and what does not belong together is named. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemsIn } from '../../kernel-runtime/src/shell/commands/notebooks/course-check.js';
import {
  solutionsIn,
  starterOf
} from '../../kernel-runtime/src/shell/commands/notebooks/exercises.js';
import { writeStudentVersion } from '../../kernel-runtime/src/shell/commands/notebooks/student.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

const folder = temporaryFolder();
let folders = 0;

const solved = [
  '// Exercise 1.1: twice',
  '// BEGIN SOLUTION',
  '// STARTER const twice = 0;',
  'const twice = 2 * 21;',
  '// END SOLUTION',
  'display(twice);'
].join('\n');
const checks = { '1.1': { expected: 42, hints: ['It is even.'] } };

interface CellParts {
  source: string;
  metadata?: object;
  outputs?: object[];
}

/** A folder with the lesson a.ipynb, and further files. */
function lesson(cells: CellParts[], files: Record<string, unknown> = {}): string {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  const notebook = {
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
    cells: cells.map(({ source, metadata = {}, outputs = [] }, index) => ({
      ...{ cell_type: 'code', id: `c${index}`, execution_count: 3, metadata, outputs },
      source: source.split(/(?<=\n)/)
    }))
  };
  for (const [name, content] of Object.entries({ 'a.ipynb': notebook, ...files }))
    writeFileSync(
      join(path, name),
      typeof content === 'string' ? content : JSON.stringify(content)
    );
  return path;
}

const target = (): string => join(folder, `target-${folders++}`);
const good = [{ source: solved }, { source: "check('1.1', twice)" }];

describe('what students begin with', () => {
  it.each([
    ['a\n// BEGIN SOLUTION\nb\n// END SOLUTION\nc', 'a\n// YOUR CODE HERE\nc'],
    [
      'f(() => {\n  // BEGIN SOLUTION\n  b\n  // END SOLUTION\n})',
      'f(() => {\n  // YOUR CODE HERE\n})'
    ],
    ['// BEGIN SOLUTION\n// STARTER let a = 1;\n// STARTER\nb\n// END SOLUTION', 'let a = 1;\n'],
    ['text\n<!-- BEGIN SOLUTION -->\nsecret\n<!-- END SOLUTION -->', 'text'],
    ['nothing', 'nothing'],
    ['', '']
  ])('of %j is %j', (source, starter) => {
    expect(starterOf(source)).toBe(starter);
  });
});

describe('the student version', () => {
  it('of the course holds no line of a solution anywhere, and every exercise as it begins', () => {
    const path = target();
    const { files, exercises } = writeStudentVersion(join(root, 'tutorials'), path);
    const written = files.map(name => readFileSync(join(path, name), 'utf8')).join('\n');
    const sources = readdirSync(join(root, 'tutorials'))
      .filter(name => name.endsWith('.ipynb'))
      .flatMap(name => {
        const text = readFileSync(join(root, 'tutorials', name), 'utf8');
        const { cells } = JSON.parse(text) as { cells: { source: string[] }[] };
        return cells.map(cell => cell.source.join(''));
      });
    const lines = sources.flatMap(solutionsIn).flatMap(text => text.split('\n'));
    expect(exercises).toContain('2.6');
    expect(lines.length).toBeGreaterThanOrEqual(exercises.length);
    for (const line of lines) expect(written).not.toContain(JSON.stringify(line).slice(1, -1));
    expect(written).not.toContain('SOLUTION');
    expect(JSON.parse(readFileSync(join(path, 'course.json'), 'utf8'))).not.toHaveProperty(
      'copies'
    );
  });

  it('has no outputs, and remembers how an exercise begins', () => {
    const output = { output_type: 'stream', name: 'stdout', text: ['42'] };
    const path = target();
    writeStudentVersion(lesson([{ source: solved, outputs: [output] }]), path);
    const starter = '// Exercise 1.1: twice\nconst twice = 0;\ndisplay(twice);';
    expect(JSON.parse(readFileSync(join(path, 'a.ipynb'), 'utf8')).cells).toEqual([
      {
        ...{ cell_type: 'code', id: 'c0', execution_count: null, outputs: [] },
        metadata: { decentlab: { exercise: '1.1', starter } },
        source: starter.split(/(?<=\n)/)
      }
    ]);
  });

  it.each<[string, CellParts[], Record<string, unknown>]>([
    ['another cell', [...good, { source: 'const twice = 2 * 21;' }], {}],
    [
      'metadata',
      [...good, { source: '', metadata: { kept: { text: 'const twice = 2 * 21;' } } }],
      {}
    ],
    ['a hint', good, { 'a.checks.json': { '1.1': { hints: ['Write const twice = 2 * 21;'] } } }],
    ['a file beside', good, { 'answers.txt': 'x\n  const twice = 2 * 21;\n' }]
  ])('is not written if the solution stands in %s too', (_, cells, files) => {
    const path = target();
    expect(() => writeStudentVersion(lesson(cells, files), path)).toThrow(
      /The solution of exercise 1.1 still stands in/
    );
    expect(() => readdirSync(path)).toThrow('ENOENT');
  });

  it('never writes over the work that is there, unless it is told to', () => {
    const path = target();
    const source = lesson(good);
    writeStudentVersion(join(source, 'a.ipynb'), path);
    writeFileSync(join(path, 'a.ipynb'), 'work');
    expect(() => writeStudentVersion(source, path)).toThrow(/a\.ipynb is there already/);
    expect(readFileSync(join(path, 'a.ipynb'), 'utf8')).toBe('work');
    writeStudentVersion(source, path, true);
    expect(readFileSync(join(path, 'a.ipynb'), 'utf8')).toContain('Exercise 1.1');
  });

  it.each([
    ['// BEGIN SOLUTION\nx', /cell 1: expected .+, received BEGIN SOLUTION without its end/],
    ['x\n// END SOLUTION', /received END SOLUTION without its beginning/],
    ['// BEGIN SOLUTION\n// BEGIN SOLUTION\nx\n// END SOLUTION', /a second BEGIN SOLUTION/]
  ])('of wrong marks is an error that names the cell: %j', (source, sentence) => {
    expect(() => writeStudentVersion(lesson([{ source }]), target())).toThrow(sentence);
  });
});

describe('the check of lessons', () => {
  it('finds nothing wrong with the course', () => {
    expect(problemsIn(join(root, 'tutorials'))).toEqual([]);
  });

  it('takes a check of the module beside the lesson, which students get too', () => {
    const module = "export const checks = { '1.1': (seen: number) => ({ seen, expected: 42 }) };\n";
    const cells = [good[0], { source: "check('1.1', twice, checks)" }];
    const source = lesson(cells, { 'a.checks.ts': module });
    expect(problemsIn(source)).toEqual([]);
    const path = target();
    expect(writeStudentVersion(join(source, 'a.ipynb'), path).files).toEqual([
      'a.ipynb',
      'a.checks.ts'
    ]);
    expect(readFileSync(join(path, 'a.checks.ts'), 'utf8')).toBe(module);
  });

  it.each<[string, CellParts[], Record<string, unknown>, RegExp]>([
    [
      'an exercise without a check',
      [{ source: solved }],
      { 'a.checks.json': checks },
      /check\('1.1', …\)/
    ],
    [
      'an exercise without its definition',
      good,
      {},
      /expected "1.1" in .+a.checks.json, received none/
    ],
    [
      'an exercise that the module does not define either',
      good,
      { 'a.checks.ts': "export const checks = { '1.11': { below: 1 } };" },
      /expected "1.1" in .+a.checks.json/
    ],
    ['two of one id', [good[0], ...good], { 'a.checks.json': checks }, /cell 2: .+ a second 1.1/],
    [
      'a definition that nobody uses',
      good,
      { 'a.checks.json': { ...checks, '9': {} } },
      /check\('9', …\)/
    ],
    [
      'checks of no notebook',
      good,
      { 'a.checks.json': checks, 'b.checks.json': {} },
      /b.checks.json .+ a notebook/
    ],
    [
      'a half-written notebook',
      good,
      { 'a.checks.json': checks, 'b.ipynb': '{' },
      /b.ipynb .+ a notebook of format 4/
    ],
    [
      'a lesson without a title',
      good,
      {
        'a.checks.json': checks,
        'course.json': { lessons: [{ file: 'a.ipynb', summary: '', minutes: 1 }] }
      },
      /a string for title of lesson 1/
    ],
    [
      'a lesson that is not there',
      good,
      {
        'a.checks.json': checks,
        'course.json': { lessons: [{ file: 'c.ipynb', title: '', summary: '', minutes: 1 }] }
      },
      /c.ipynb, received none/
    ],
    [
      'a half-written course',
      good,
      { 'a.checks.json': checks, 'course.json': '{' },
      /course.json .+ expected JSON/
    ]
  ])('names %s, and nothing else', (_, cells, files, sentence) => {
    expect(problemsIn(lesson(cells, files))).toEqual([expect.stringMatching(sentence)]);
  });
});
