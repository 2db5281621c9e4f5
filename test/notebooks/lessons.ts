/** Lessons as files: their cells, their checks and exercises, and copies in which something is different. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  exerciseIn,
  sourceOf,
  type Cell as FileCell,
  type Notebook as FileNotebook
} from '../../kernel-runtime/src/shell/commands/notebooks/exercises.js';
import { filesIn, root } from '../helpers/project.js';

export { sourceOf };

export type Cell = FileCell & { id: string };
export type Notebook = Omit<FileNotebook, 'cells'> & { cells: Cell[] };

/** The lessons of the course, as paths in the project. */
export const LESSONS = filesIn('tutorials', ['.ipynb']);

export function readLesson(path: string): Notebook {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Notebook;
}

export function writeNotebook(path: string, notebook: Notebook): string {
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}

/** The ids of the checks that a cell calls. */
export function checksIn(cell: Cell): string[] {
  if (cell.cell_type !== 'code') return [];
  return [...sourceOf(cell).matchAll(/\bcheck\('([^']+)'/g)].map(match => match[1]);
}

/** The ids of the exercises, in their order. */
export function exercisesIn({ cells }: Notebook): string[] {
  return cells.flatMap(cell => exerciseIn(cell) ?? []);
}

/** An exercise, the cells that it needs, and its check: first and last index. */
export function exerciseRange({ cells }: Notebook, id: string): [first: number, last: number] {
  const first = cells.findIndex(cell => exerciseIn(cell) === id);
  const last = cells.findIndex((cell, index) => index >= first && checksIn(cell).includes(id));
  return [first, last];
}

/**
 * The lesson with every exercise twice: as students begin with it, up to its check, and then solved. At the end the
 * cells with checks come again, because nothing that runs later may change what they say.
 */
export function withBeginnings(solved: Notebook, student: Notebook): Notebook {
  const begun = new Map(
    exercisesIn(solved).map(id => {
      const [first, last] = exerciseRange(solved, id);
      return [first, student.cells.slice(first, last + 1)];
    })
  );
  const cells = solved.cells.flatMap((cell, index) => [
    ...(begun.get(index) ?? []).map((one, k) => ({ ...one, id: `begun-${index}-${k}` })),
    cell
  ]);
  // An engine that was restarted has lost what earlier cells gave it.
  const restart = solved.cells.findLastIndex(cell => sourceOf(cell).includes('cluster.restart('));
  const again = solved.cells
    .slice(restart + 1)
    .filter(cell => checksIn(cell).length > 0)
    .map(cell => ({ ...cell, id: `again-${cell.id}` }));
  return { ...solved, cells: [...cells, ...again] };
}
