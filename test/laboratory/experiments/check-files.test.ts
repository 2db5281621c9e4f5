/** Checks that stand in a file beside the lesson, or in a table of the teacher's. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../../kernel-runtime/src/laboratory/experiments/check.js';
import {
  checkBeside,
  readCheckFile
} from '../../../kernel-runtime/src/laboratory/experiments/check-files.js';
import { hint } from '../../../kernel-runtime/src/laboratory/experiments/hint.js';
import { temporaryFolder } from '../../helpers/folder.js';

const folder = temporaryFolder();
let folders = 0;

/** A folder with these files of checks. */
function lessons(files: Record<string, unknown>): string {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(path, name),
      typeof content === 'string' ? content : JSON.stringify(content)
    );
  return path;
}

describe('a file of checks', () => {
  it.each<[string, unknown, RegExp]>([
    ['is half written', '{ "2.6": {', /expected JSON, received .+/],
    ['is a list', [], /expected an object of checks by id, received \[\]/],
    ['has no object for a check', { '2.6': 5 }, /an object for check "2.6", received 5/],
    [
      'misspells a word',
      { '2.6': { expectd: 1 } },
      /one of the words .+ in check "2.6", received "expectd"/
    ],
    [
      'has text for a number',
      { '2.6': { below: '1' } },
      /a number for below of check "2.6", received "1"/
    ],
    [
      'has a text for the hints',
      { '2.6': { hints: 'x' } },
      /a list of texts for hints of check "2.6"/
    ],
    [
      'expects a text',
      { '2.6': { expected: 'x' } },
      /a list of numbers for expected of check "2.6"/
    ]
  ])('that %s is refused with its name', (_, content, sentence) => {
    const path = join(lessons({ 'a.checks.json': content }), 'a.checks.json');
    expect(() => readCheckFile(path)).toThrow(sentence);
    expect(() => readCheckFile(path)).toThrow('a.checks.json cannot be used');
  });

  it('answers for the lesson that runs, if two lessons number alike', () => {
    const path = lessons({
      'a.checks.json': { '1': { below: 1 } },
      'b.checks.json': { '1': { below: 2 } }
    });
    expect(checkBeside('1', path, 'course/b.ipynb')).toEqual({ below: 2 });
    expect(checkBeside('1', path, 'course/a.ipynb')).toEqual({ below: 1 });
  });

  it.each([
    [
      { 'a.checks.json': { '2.6': {}, '7.1': {} } },
      /"2.7" is defined in a.checks.json \(nearest: 2.6/
    ],
    [{}, /"2.7" is defined here: .+ has no NAME\.checks\.json \(known: none\)/]
  ])('is named when an exercise is unknown: %j', (files, sentence) => {
    expect(() => checkBeside('2.7', lessons(files), '')).toThrow(sentence);
  });
});

describe('check and hint in a lesson', () => {
  it('find what the file beside the lesson says', () => {
    const here = process.cwd();
    process.chdir(lessons({ 'a.checks.json': { '2.6': { below: 1, hints: ['x', 'y'] } } }));
    try {
      expect(check('2.6', 0.5).toString()).toBe('✓ 2.6  seen 0.5, expected below 1');
      expect(check('2.6', 2).toString()).toBe(
        "✗ 2.6  seen 2, expected below 1\n  Hint: hint('2.6') shows the first of 2."
      );
      expect(hint('2.6', 2)).toBe('Hint 2 of 2: y');
      expect(() => hint('2.6', 3)).toThrow('a number from 1 to 2, received 3');
    } finally {
      process.chdir(here);
    }
  });
});

describe('a table of checks', () => {
  const checks = {
    sum: (list: number[]) => ({ seen: list.reduce((a, b) => a + b), expected: 6 }),
    plain: { above: 1 }
  };

  it('may compute what is compared', () => {
    expect(check('sum', [1, 2, 3], checks).toString()).toBe('✓ sum  seen 6, expected 6');
    expect(check('sum', [1, 2], checks).passed).toBe(false);
    expect(check('plain', 2, checks).passed).toBe(true);
  });

  it.each<[string, unknown, RegExp]>([
    ['sum', undefined, /^Check sum itself failed on undefined: /],
    ['summ', [1], /No check "summ" is defined in the table given \(nearest: sum\)/]
  ])('says what is wrong with %s of %j', (id, seen, sentence) => {
    expect(() => check(id, seen, checks)).toThrow(sentence);
  });

  it.each([[undefined], [null], [{}], ['text'], [new Map([[1, 2]])]])(
    'never passes on %j, which is no value to compare',
    seen => {
      expect(check('plain', seen, checks).passed).toBe(false);
    }
  );
});
