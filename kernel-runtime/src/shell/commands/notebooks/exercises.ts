/**
 * Exercises in notebooks. A cell that begins with `// Exercise 2.6: …` is one; what stands in it between the lines
 * `// BEGIN SOLUTION` and `// END SOLUTION` is the solution. Students get `// YOUR CODE HERE` in its place, or what the
 * solution's lines `// STARTER …` say.
 */
import { readFileSync } from 'node:fs';
import { DecentLabError } from '../../../errors.js';

/** The part of a cell that is looked at; whatever else it has is kept. */
export interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: Record<string, unknown>;
  outputs?: unknown[];
  execution_count?: number | null;
}

/** The part of a notebook file that is looked at. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
}

const EXERCISE = /^(?:%%.*\n)*\s*\/\/ Exercise (\S+?):?(?:\s|$)/;
const BEGIN = /^(\s*)(?:\/\/|<!--) BEGIN SOLUTION/;
const END = /^\s*(?:\/\/|<!--) END SOLUTION/;
const STARTER = /^\s*\/\/ STARTER ?/;

/** The text of a cell; files hold it whole or as lines. */
export function sourceOf({ source }: Cell): string {
  return [source].flat().join('');
}

/** The id of the exercise that a cell is, or undefined. Copies of students remember it beside the text. */
export function exerciseIn({ cell_type, metadata, ...cell }: Cell): string | undefined {
  if (cell_type !== 'code') return undefined;
  const own = metadata['decentlab'];
  const kept = typeof own === 'object' && own && 'exercise' in own ? own.exercise : undefined;
  if (typeof kept === 'string') return kept;
  return EXERCISE.exec(sourceOf({ cell_type, metadata, ...cell }))?.[1];
}

/** What students begin with: the text without its solutions. */
export function starterOf(source: string): string {
  const kept: string[] = [];
  for (const { line, place, indent } of linesOf(source)) {
    if (place === 'outside' || place === 'starter') kept.push(line);
    if (place === 'end' && indent !== null) kept.push(`${indent}// YOUR CODE HERE`);
  }
  return kept.join('\n');
}

/** The solutions in a text, each without its marks. */
export function solutionsIn(source: string): string[] {
  const solutions: string[][] = [];
  for (const { line, place } of linesOf(source)) {
    if (place === 'begin') solutions.push([]);
    if (place === 'solution') solutions.at(-1)?.push(line);
  }
  return solutions.map(lines => lines.join('\n'));
}

/** What is wrong with the marks of a text; undefined if every solution begins and ends. */
export function wrongMark(source: string): string | undefined {
  let isOpen = false;
  for (const line of source.split('\n')) {
    if (BEGIN.test(line) && isOpen) return 'a second BEGIN SOLUTION';
    if (END.test(line) && !isOpen) return 'END SOLUTION without its beginning';
    isOpen = BEGIN.test(line) || (isOpen && !END.test(line));
  }
  return isOpen ? 'BEGIN SOLUTION without its end' : undefined;
}

/** Reads a notebook. Throws FILE_INVALID if the file holds none. */
export function readNotebook(path: string): Notebook {
  const wrong = (received: string): DecentLabError =>
    new DecentLabError('FILE_INVALID', { path, expected: 'a notebook of format 4', received });
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as Partial<Notebook> | null;
    if (content && Array.isArray(content.cells) && content.metadata) return content as Notebook;
  } catch (error) {
    throw wrong((error as Error).message);
  }
  throw wrong('something without cells');
}

interface Line {
  /** Without the mark, if it is a starter's. */
  line: string;
  place: 'outside' | 'begin' | 'starter' | 'solution' | 'end';
  /** At the end of a solution in code without a starter: how far "YOUR CODE HERE" is indented. */
  indent: string | null;
}

function linesOf(source: string): Line[] {
  let indent: string | null = null;
  let isInside = false;
  return source.split('\n').map((line): Line => {
    if (isInside && END.test(line)) {
      isInside = false;
      return { line, place: 'end', indent };
    }
    if (isInside && STARTER.test(line)) {
      indent = null;
      return { line: line.replace(STARTER, ''), place: 'starter', indent };
    }
    if (isInside) return { line, place: 'solution', indent };
    const begin = BEGIN.exec(line);
    if (!begin) return { line, place: 'outside', indent };
    isInside = true;
    indent = line.includes('<!--') ? null : begin[1];
    return { line, place: 'begin', indent };
  });
}
