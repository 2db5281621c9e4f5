/** `decentlab notebooks student`: a copy of lessons without solutions, outputs and what runs left in them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { DecentLabError } from '../../../errors.js';
import { CHECK_FILE, CHECK_MODULE } from '../../../laboratory/experiments/check-files.js';
import {
  exerciseIn,
  readNotebook,
  solutionsIn,
  sourceOf,
  starterOf,
  wrongMark,
  type Cell
} from './exercises.js';

/** A solution that must not be found in what students get. */
interface Solution {
  id: string;
  text: string;
}

export interface StudentVersion {
  /** The files written, relative to the target. */
  readonly files: readonly string[];
  /** The ids of the exercises whose solutions were taken out. */
  readonly exercises: readonly string[];
}

/**
 * Writes the student version of a notebook, or of a folder with all its files, into the folder `target`.
 * Nothing is written if a solution would be left anywhere: in another cell, in metadata, in a file beside.
 * @throws EXERCISE_INVALID, SOLUTION_LEFT, FILE_EXISTS
 */
export function writeStudentVersion(source: string, target: string, force = false): StudentVersion {
  const solutions: Solution[] = [];
  const written = filesOf(source).map(([name, path]) => {
    if (!name.endsWith('.ipynb')) return { name, content: plainFile(path) };
    return { name, content: studentNotebook(path, solutions) };
  });
  for (const { name, content } of written) assertNoSolution(name, content, solutions);
  const taken = written.find(({ name }) => !force && existsSync(join(target, name)));
  if (taken) throw new DecentLabError('FILE_EXISTS', { path: join(target, taken.name) });
  for (const { name, content } of written) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), content);
  }
  const exercises = [...new Set(solutions.map(({ id }) => id))];
  return { files: written.map(({ name }) => name), exercises };
}

/** Name in the target and path of each file: all of a folder, or a notebook with its files of checks. */
function filesOf(source: string): [name: string, path: string][] {
  if (!existsSync(source))
    throw new DecentLabError('FILE_INVALID', {
      path: source,
      expected: 'a notebook or a folder of notebooks',
      received: 'nothing'
    });
  if (statSync(source).isDirectory())
    return filesBelow(source).map(path => [relative(source, path), path]);
  const beside = [CHECK_FILE, CHECK_MODULE].map(end => source.replace(/\.ipynb$/, end));
  return [source, ...beside.filter(existsSync)].map(path => [basename(path), path]);
}

const SKIPPED = ['node_modules', '__pycache__'];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !SKIPPED.includes(name))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** A student's course has no place for copies: it is the copy. */
function plainFile(path: string): Uint8Array | string {
  if (basename(path) !== 'course.json') return readFileSync(path);
  const { copies: _, ...course } = JSON.parse(readFileSync(path, 'utf8')) as { copies?: string };
  return `${JSON.stringify(course, null, 2)}\n`;
}

function studentNotebook(path: string, solutions: Solution[]): string {
  const notebook = readNotebook(path);
  const cells = notebook.cells.map((cell, index) => {
    const wrong = wrongMark(sourceOf(cell));
    if (wrong !== undefined)
      throw new DecentLabError('EXERCISE_INVALID', {
        path,
        cell: index + 1,
        expected: 'BEGIN SOLUTION and END SOLUTION in turn',
        received: wrong
      });
    const id = exerciseIn(cell) ?? `in cell ${index + 1}`;
    for (const text of solutionsIn(sourceOf(cell))) solutions.push({ id, text });
    return studentCell(cell);
  });
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}

/** Without solution and outputs; an exercise remembers its beginning, so that it can be reset. */
function studentCell(cell: Cell): Cell {
  const starter = starterOf(sourceOf(cell));
  const source = starter.split(/(?<=\n)/);
  if (cell.cell_type !== 'code') return { ...cell, source };
  const exercise = exerciseIn(cell);
  const metadata =
    exercise === undefined ? cell.metadata : { ...cell.metadata, decentlab: { exercise, starter } };
  return { ...cell, metadata, source, outputs: [], execution_count: null };
}

function assertNoSolution(
  path: string,
  content: Uint8Array | string,
  solutions: readonly Solution[]
): void {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
  const texts = /\.(ipynb|json)$/.test(path) ? textsIn(JSON.parse(text)) : [text];
  const plain = texts.map(plainLines);
  const left = solutions.find(solution => plain.some(lines => holds(lines, solution.text)));
  if (left) throw new DecentLabError('SOLUTION_LEFT', { id: left.id, path });
}

/** From this length on a solution is looked for within lines too; shorter ones are often said elsewhere. */
const TELLING_LENGTH = 20;

function holds(lines: string, solution: string): boolean {
  const wanted = plainLines(solution);
  if (wanted.trim() === '') return false;
  return lines.includes(wanted.trim().length < TELLING_LENGTH ? wanted : wanted.trim());
}

/** Indentation and empty lines make no other text. */
function plainLines(text: string): string {
  const lines = text.split('\n').map(line => line.trim());
  return `\n${lines.filter(line => line !== '').join('\n')}\n`;
}

/** All texts in a JSON value; a list of texts is one text, as notebooks store it. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every(entry => typeof entry === 'string'))
    return [value.join('')];
  return typeof value === 'object' && value ? Object.values(value).flatMap(textsIn) : [];
}
