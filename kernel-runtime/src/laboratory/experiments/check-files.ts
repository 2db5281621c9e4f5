/** The file of checks beside a lesson, NAME.checks.json: what its exercises expect, and their hints. Teachers write it. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DecentLabError } from '../../errors.js';
import { nearestNames } from '../../mathematics/math/nearest-names.js';
import type { CheckOptions } from './check.js';

/** One exercise as the file has it. */
export interface WrittenCheck extends CheckOptions {
  /** Its name, for lists. */
  readonly title?: string;
  /** Help, from the gentlest on; shown one after the other when the student asks. */
  readonly hints?: readonly string[];
}

export const CHECK_FILE = '.checks.json';
/** Checks that compute stand in a module, which the lesson imports. */
export const CHECK_MODULE = '.checks.ts';

type Kind = 'a number' | 'text' | 'a list of texts' | 'a number, true, false or a list of numbers';

const KINDS: Readonly<Record<keyof WrittenCheck, Kind>> = {
  title: 'text',
  hints: 'a list of texts',
  hint: 'text',
  expected: 'a number, true, false or a list of numbers',
  below: 'a number',
  above: 'a number',
  relative: 'a number',
  absolute: 'a number'
};

/**
 * Reads a file of checks.
 * @returns the checks by their ids
 * @throws FILE_INVALID naming the check and the word that is wrong
 */
export function readCheckFile(path: string): Map<string, WrittenCheck> {
  const content = parsed(path);
  if (!isRecord(content)) throw invalid(path, 'an object of checks by id', kindOf(content));
  return new Map(
    Object.entries(content).map(([id, check]) => {
      assertCheck(path, id, check);
      return [id, check];
    })
  );
}

/**
 * The check of an exercise in the files of a folder. If two lessons have one of the same id, the lesson that runs now,
 * as Jupyter names it, has the first word.
 * @throws CHECK_UNKNOWN if no file has it, with the nearest ids
 */
export function checkBeside(
  id: string,
  folder = process.cwd(),
  notebook = process.env['JPY_SESSION_NAME'] ?? ''
): WrittenCheck {
  const files = readdirSync(folder).filter(file => file.endsWith(CHECK_FILE));
  const own = basename(notebook).replace(/\.ipynb$/, CHECK_FILE);
  const tables = files
    .sort((a, b) => Number(b === own) - Number(a === own))
    .map(file => readCheckFile(join(folder, file)));
  const found = tables.find(table => table.has(id))?.get(id);
  if (found) return found;
  const where =
    files.length > 0 ? `in ${files.join(', ')}` : `here: ${folder} has no NAME${CHECK_FILE}`;
  throw unknownCheck(
    id,
    where,
    tables.flatMap(table => [...table.keys()])
  );
}

/** The error about a check that is not defined where it was looked for. */
export function unknownCheck(id: string, where: string, known: readonly string[]): DecentLabError {
  const near = nearestNames(id, known);
  const names =
    near.length > 0 ? `nearest: ${near.join(', ')}` : `known: ${known.join(', ') || 'none'}`;
  return new DecentLabError('CHECK_UNKNOWN', { received: id, where, names });
}

function parsed(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, 'JSON', (error as Error).message);
  }
}

function assertCheck(path: string, id: string, check: unknown): asserts check is WrittenCheck {
  if (!isRecord(check)) throw invalid(path, `an object for check "${id}"`, kindOf(check));
  for (const [word, value] of Object.entries(check)) {
    if (!Object.hasOwn(KINDS, word)) {
      const words = Object.keys(KINDS).join(', ');
      throw invalid(path, `one of the words ${words} in check "${id}"`, `"${word}"`);
    }
    const kind = KINDS[word as keyof WrittenCheck];
    if (!fits(value, kind))
      throw invalid(path, `${kind} for ${word} of check "${id}"`, kindOf(value));
  }
}

function fits(value: unknown, kind: Kind): boolean {
  const isNumber = (entry: unknown): boolean => typeof entry === 'number';
  switch (kind) {
    case 'a number':
      return isNumber(value);
    case 'text':
      return typeof value === 'string';
    case 'a list of texts':
      return Array.isArray(value) && value.every(entry => typeof entry === 'string');
    case 'a number, true, false or a list of numbers':
      return (
        isNumber(value) ||
        typeof value === 'boolean' ||
        (Array.isArray(value) && value.every(isNumber))
      );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}

function invalid(path: string, expected: string, received: string): DecentLabError {
  return new DecentLabError('FILE_INVALID', { path, expected, received });
}
