/** `decentlab notebooks check`: whether lessons, their exercises and the files beside them belong together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  CHECK_FILE,
  CHECK_MODULE,
  readCheckFile
} from '../../../laboratory/experiments/check-files.js';
import { DecentLabError, describeError, type ErrorCode } from '../../../errors.js';
import { exerciseIn, readNotebook, sourceOf, wrongMark, type Notebook } from './exercises.js';

/**
 * Everything that is wrong in a folder of lessons, a sentence each.
 * @throws FILE_INVALID if there is no such folder
 */
export function problemsIn(folder: string): string[] {
  if (!existsSync(folder))
    throw new DecentLabError('FILE_INVALID', {
      path: folder,
      expected: 'a folder of lessons',
      received: 'nothing'
    });
  const names = readdirSync(folder).sort();
  const notebooks = names.filter(name => name.endsWith('.ipynb'));
  const lonely = names
    .filter(name => name.endsWith(CHECK_FILE))
    .filter(name => !notebooks.includes(name.replace(CHECK_FILE, '.ipynb')))
    .map(name => fileProblem(join(folder, name), 'a notebook beside it', 'none'));
  const course = join(folder, 'course.json');
  return [
    ...(existsSync(course) ? courseProblems(course) : []),
    ...notebooks.flatMap(name => said(() => lessonProblems(join(folder, name)))),
    ...lonely
  ];
}

function lessonProblems(path: string): string[] {
  const notebook = readNotebook(path);
  const checkFile = path.replace(/\.ipynb$/, CHECK_FILE);
  const defined = existsSync(checkFile) ? [...readCheckFile(checkFile).keys()] : [];
  const computed = idsInModule(path.replace(/\.ipynb$/, CHECK_MODULE));
  const checked = checkedIn(notebook);
  const seen = new Set<string>();
  const cells = notebook.cells.flatMap((cell, index) => {
    const problem = (expected: string, received: string): string =>
      sentence('EXERCISE_INVALID', { path, cell: index + 1, expected, received });
    const wrong = wrongMark(sourceOf(cell));
    const marks = wrong ? [problem('BEGIN SOLUTION and END SOLUTION in turn', wrong)] : [];
    const id = exerciseIn(cell);
    if (id === undefined) return marks;
    const isKnown = seen.has(id);
    seen.add(id);
    return [
      ...marks,
      ...(isKnown ? [problem('one exercise of an id', `a second ${id}`)] : []),
      ...(checked.has(id) ? [] : [problem(`check('${id}', …) in the notebook`, 'none')]),
      ...(defined.includes(id) || computed.includes(id)
        ? []
        : [problem(`"${id}" in ${checkFile}`, defined.join(', ') || 'none')])
    ];
  });
  const unused = defined
    .filter(id => !checked.has(id) && !seen.has(id))
    .map(id => fileProblem(checkFile, `check('${id}', …) in the notebook`, 'none'));
  return [...cells, ...unused];
}

/** The checks of a teacher's module: it is read and not run. */
function idsInModule(path: string): string[] {
  if (!existsSync(path)) return [];
  return [...readFileSync(path, 'utf8').matchAll(/(['"])(\S+?)\1\s*:/g)].map(match => match[2]);
}

function checkedIn({ cells }: Notebook): Set<string> {
  const code = cells
    .filter(cell => cell.cell_type === 'code')
    .map(sourceOf)
    .join('\n');
  return new Set([...code.matchAll(/\bcheck\(\s*['"]([^'"]+)['"]/g)].map(match => match[1]));
}

const LESSON_KINDS = {
  file: 'string',
  title: 'string',
  summary: 'string',
  minutes: 'number'
} as const;

function courseProblems(path: string): string[] {
  return said(() => {
    const course = JSON.parse(readFileSync(path, 'utf8')) as { lessons?: unknown } | null;
    const lessons: unknown = course?.lessons;
    if (!Array.isArray(lessons)) return [fileProblem(path, 'a list of lessons', typeof lessons)];
    return lessons.flatMap((lesson: Record<string, unknown>, index) => {
      const wrong = Object.entries(LESSON_KINDS).filter(
        ([word, kind]) => typeof lesson[word] !== kind
      );
      const kinds = wrong.map(([word, kind]) =>
        fileProblem(path, `a ${kind} for ${word} of lesson ${index + 1}`, typeof lesson[word])
      );
      const file = join(dirname(path), String(lesson['file']));
      return existsSync(file)
        ? kinds
        : [...kinds, fileProblem(path, `the notebook ${file}`, 'none')];
    });
  }, path);
}

/** What it finds; an error of a file is one more finding. */
function said(find: () => string[], path?: string): string[] {
  try {
    return find();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return [path === undefined ? cause : fileProblem(path, 'JSON', cause)];
  }
}

function fileProblem(path: string, expected: string, received: string): string {
  return sentence('FILE_INVALID', { path, expected, received });
}

/** The sentence alone: a list of findings needs no remedy for each. */
function sentence(code: ErrorCode, detail: Record<string, unknown>): string {
  return describeError(code, detail).split(/(?<=\.) (?=[A-Z])/)[0];
}
