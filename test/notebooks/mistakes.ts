/** Every check of every lesson can fail: with a mistake planted for each of them, it says ✗, and what it saw. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { executeNotebook } from './execute.js';
import {
  checksIn,
  exercisesIn,
  LESSONS,
  readLesson,
  sourceOf,
  writeNotebook,
  type Cell
} from './lessons.js';

/** What the lesson says, what a student might write instead, and the checks that must see it. */
type Mistake = [right: string, wrong: string, checks: string];

const otherGraph = [
  'setTopology(ringGraph(size()));',
  'setTopology(symmetricExponentialGraph(size()));'
] as const;
const forgotDivision = [
  'await allreduce(rank());',
  'await allreduce(rank(), { average: false });'
] as const;

const MISTAKES: Record<string, Mistake[]> = {
  '00-tour': [
    [`const average = ${forgotDivision[0]}`, `const average = ${forgotDivision[1]}`, '0.1'],
    ['const gamma = 0.1;', 'const gamma = 0.2;', '0.2'],
    ['stepSize = 0.25;', 'const stepOther = 0.25;', '0.3'],
    ['let turns = 0;', 'let turns = 0.5;', '0.4'],
    [`const again = ${forgotDivision[0]}`, `const again = ${forgotDivision[1]}`, '0.5']
  ],
  '01-hello-engines': [
    ['push({ scale: 10 })', 'push({ scale: 1 })', '1.1'],
    ['value * value', 'value + value', '1.2'],
    ['base + 2 * rank()', 'base + rank()', '1.3'],
    [`const everyone = ${forgotDivision[0]}`, `const everyone = ${forgotDivision[1]}`, '1.4'],
    ['allreduce(1, { average: false })', 'allreduce(1)', '1.5']
  ],
  '02-average-consensus': [
    ['isDoublyStochastic(ring.W).ok', 'isDoublyStochastic(lopsided).ok', '2.1'],
    [...otherGraph, '2.2'],
    ['2 ** (k % 3)', '2 ** (k % 2)', '2.3'],
    ['1 - spectrum(exponentialTwoGraph(n)).rho', '1 - spectrum(ringGraph(n)).rho', '2.4'],
    ['j === 0 || j === i ? 1 / 2 : 0', 'j === 0 ? 1 / 4 : j === i ? 3 / 4 : 0', '2.5']
  ],
  '03-decentralized-gradient-descent': [
    ['gradient(randomLeastSquares({ n: 8, seed: 8 }).xStar)', 'gradient(zeros(10))', '3.1'],
    [...otherGraph, '3.2'],
    ['[4e-6, 2e-6, 1e-6]', '[4e-3, 2e-3, 1e-3]', '3.3'],
    ['Math.cos((2 * Math.PI * i) / n)', 'Math.cos((4 * Math.PI * i) / n)', '3.4'],
    ['const bold = 0.02;', 'const bold = 0.002;', '3.5']
  ],
  '04-bias-correction': [
    [...otherGraph, '4.1'],
    ['halfway(psi + x - previousPsi)', 'halfway(psi)', '4.2 4.3'],
    ['spectrum(ringGraph(4))', 'spectrum(ringGraph(5))', '4.4'],
    ['runFour(withWAlone)', 'runFour(withWBar)', '4.5']
  ],
  '08-decentlam': [
    ['descend(0.035, 0.7, 40)', 'descend(0.035, 0.1, 40)', '8.1'],
    [...otherGraph, '8.2 8.4 8.7'],
    ['{ gamma: 1e-6, beta }', '{ gamma: 1e-3, beta }', '8.3'],
    ['+ beta * (x - previous);', ';', '8.5 8.6'],
    [
      'largestStableBeta(exponentialTwoGraph(8).W), {',
      'largestStableBeta(ringGraph(8).W), {',
      '8.8'
    ],
    ['+ beta * (apart - before);', ';', '8.9']
  ]
};

/** Cells, by their ids, that take time and that no check needs. */
const NOT_NEEDED = ['t03-13', 't03-14', 't03-27', 't03-21', 't03-22'];

/** Two lessons share a kernel and its engines, which take longer to start than many a lesson to run. */
const PAIRS = Array.from({ length: Math.ceil(LESSONS.length / 2) }, (_, pair) =>
  LESSONS.slice(2 * pair, 2 * pair + 2)
);
/** The last lessons compute for longer than all others together. */
export const SHORT_PAIRS = PAIRS.slice(0, -1);
export const LONG_PAIRS = PAIRS.slice(-1);

/** Runs lessons with all their mistakes: each check must say so. */
export async function expectMistakesSeen(
  paths: readonly string[],
  folder: string,
  signal: AbortSignal
): Promise<void> {
  const wrong = paths.map(wrongCopyOf);
  const copy = join(folder, `wrong-${paths.map(lessonName).join('-')}.ipynb`);
  const cells = wrong.flatMap(lesson => lesson.cells);
  writeNotebook(copy, { ...readLesson(paths[0]), cells });
  const { failure, checks } = await executeNotebook(copy, { signal });
  expect(failure).toBeNull();
  const lines = checks.map(({ line }) => line);
  for (const id of wrong.flatMap(lesson => lesson.checks))
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^✗ ${id}  seen .+, expected .+`))
    );
}

/** The cells of a lesson up to its exercises, with all its mistakes, and the checks that must see them. */
function wrongCopyOf(path: string): { cells: Cell[]; checks: string[] } {
  const lesson = readLesson(path);
  const exercises = exercisesIn(lesson);
  const checks = lesson.cells.flatMap(checksIn).filter(id => !exercises.includes(id));
  const mistakes = MISTAKES[lessonName(path)] ?? [];
  expect(mistakes.flatMap(([, , ids]) => ids.split(' ')).sort()).toEqual([...checks].sort());
  const last = lesson.cells.findLastIndex(cell => checksIn(cell).some(id => checks.includes(id)));
  const cells = lesson.cells
    .slice(0, last + 1)
    .filter(({ id }) => !NOT_NEEDED.includes(id))
    .map(cell => withMistakes(cell, mistakes));
  for (const [, wrong] of mistakes)
    expect(cells.map(sourceOf).some(source => source.includes(wrong))).toBe(true);
  return { cells, checks };
}

function lessonName(path: string): string {
  return path.replace(/^.*\/|\.ipynb$/g, '');
}

function withMistakes(cell: Cell, mistakes: readonly Mistake[]): Cell {
  if (cell.cell_type !== 'code') return cell;
  const source = mistakes.reduce(
    (text, [right, wrong]) => text.replaceAll(right, wrong),
    sourceOf(cell)
  );
  return { ...cell, source };
}
