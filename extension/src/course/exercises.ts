/**
 * Exercises in the text of notebooks, as `decentlab notebooks student` sees them; a test holds the two together. Pure.
 * A cell that begins with `// Exercise 2.6: …` is one, and its solution stands between two marks.
 */
import type { PartialJSONObject } from '@lumino/coreutils';

/** A cell as a notebook file holds it. */
export interface FileCell extends PartialJSONObject {
  cell_type: string;
  source: string | string[];
}

const exercise = /^(?:%%.*\n)*\s*\/\/ Exercise (\S+?):?(?:\s|$)/;
const begin = /^(\s*)(\/\/|<!--) BEGIN SOLUTION/;
const end = /^\s*(?:\/\/|<!--) END SOLUTION/;
const starter = /^\s*\/\/ STARTER ?/;

/** The exercise that the text of a code cell is. */
export function exerciseOf(source: string): string | undefined {
  return exercise.exec(source)?.[1];
}

/** The text as students get it, and what they do not get. */
export function withoutSolution(source: string): { starter: string; solution: string | null } {
  const kept: string[] = [];
  let solution: string[] | null = null;
  let placeholder: string | null = null;
  let isInside = false;
  for (const line of source.split('\n')) {
    const begins = begin.exec(line);
    if (isInside && end.test(line)) {
      isInside = false;
      if (placeholder !== null) kept.push(placeholder);
    } else if (isInside && starter.test(line)) {
      placeholder = null;
      kept.push(line.replace(starter, ''));
    } else if (isInside) solution?.push(line);
    else if (begins) {
      isInside = true;
      solution ??= [];
      placeholder = begins[2] === '//' ? `${begins[1]}// YOUR CODE HERE` : null;
    } else kept.push(line);
  }
  return { starter: kept.join('\n'), solution: solution?.join('\n') ?? null };
}

/** A cell of a lesson as a student begins with it: no solution, no output; an exercise remembers its beginning. */
export function studentCell(cell: FileCell): FileCell {
  const text = sourceOf(cell);
  const source = withoutSolution(text).starter;
  if (cell.cell_type !== 'code') return { ...cell, source };
  const id = exerciseOf(text);
  const known = cell['metadata'] as PartialJSONObject;
  const metadata =
    id === undefined ? known : { ...known, decentlab: { exercise: id, starter: source } };
  return { ...cell, metadata, source, outputs: [], execution_count: null };
}

/** A cell of a student's own notebook at its beginning: an exercise as it remembers it, and no output. */
export function freshCell(cell: FileCell): FileCell {
  if (cell.cell_type !== 'code') return cell;
  const { decentlab } = cell['metadata'] as { decentlab?: { starter?: unknown } };
  const source = typeof decentlab?.starter === 'string' ? decentlab.starter : cell.source;
  return { ...cell, source, outputs: [], execution_count: null };
}

/** The solution of an exercise in the cells of a lesson; null if they hold none. */
export function solutionIn(cells: readonly FileCell[], id: string): string | null {
  const cell = cells.find(one => one.cell_type === 'code' && exerciseOf(sourceOf(one)) === id);
  return cell ? withoutSolution(sourceOf(cell)).solution : null;
}

/** How a check of an exercise ended, by the lines that outputs show; null if there is none. */
export function outcomeIn(texts: readonly string[], id: string): boolean | null {
  const lines = texts.flatMap(text => text.split('\n'));
  const line = lines.findLast(one => /^[✓✗] \S+ {2}seen /.test(one) && one.split(' ')[1] === id);
  return line === undefined ? null : line.startsWith('✓');
}

/** Whether a cell holds the check of an exercise. */
export function hasCheck(source: string, id: string): boolean {
  const calls = source.matchAll(/\bcheck\(\s*['"]([^'"]+)['"]/g);
  return [...calls].some(call => call[1] === id);
}

/** The text of a cell; files hold it whole or as lines. */
export function sourceOf({ source }: FileCell): string {
  return [source].flat().join('');
}
