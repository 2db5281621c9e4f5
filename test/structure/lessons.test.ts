/** What every lesson of the course has: its promise first, small cells, a mistake on purpose, and exercises with help. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCheckFile } from '../../kernel-runtime/src/laboratory/experiments/check-files.js';
import { starterOf } from '../../kernel-runtime/src/shell/commands/notebooks/exercises.js';
import { root } from '../helpers/project.js';
import {
  checksIn,
  exerciseRange,
  exercisesIn,
  LESSONS,
  readLesson,
  sourceOf,
  type Notebook
} from '../notebooks/lessons.js';

const longestCell = 12;
const marks = /^\s*\/\/ (BEGIN SOLUTION|END SOLUTION|STARTER)/;

const markdown = ({ cells }: Notebook): string[] =>
  cells.filter(cell => cell.cell_type === 'markdown').map(sourceOf);
const code = ({ cells }: Notebook): string[] =>
  cells.filter(cell => cell.cell_type === 'code').map(sourceOf);
const headings = (lesson: Notebook): string[] =>
  markdown(lesson).flatMap(text => text.split('\n').filter(line => /^#+ /.test(line)));
const linesOf = (text: string): string[] => text.split('\n').filter(line => !marks.test(line));

describe.each(LESSONS)('%s', path => {
  const lesson = readLesson(path);
  const number = /(\d+)-[^/]*$/.exec(path)![1];
  const exercises = exercisesIn(lesson);

  it('opens with what students will be able to do, and with the code that they will make work', () => {
    const [opening] = markdown(lesson);
    expect(opening).toMatch(new RegExp(`^# ${number} · `));
    expect(opening).toContain('**You will be able to**');
    expect(opening).toMatch(/this work|will be yours/);
    expect(opening).toContain('~~~ts');
  });

  it('has numbered sections, one of which breaks something on purpose', () => {
    const [, ...sections] = headings(lesson);
    expect(sections.map(line => line.split('. ')[0])).toEqual(
      sections.map((_, index) => `## ${index + 1}`)
    );
    expect(sections.filter(line => /\. Break it/.test(line))).toHaveLength(1);
  });

  it(`has no cell of more than ${longestCell} lines, before and after an exercise is solved`, () => {
    const long = code(lesson)
      .flatMap(source => [starterOf(source).split('\n'), linesOf(source)])
      .filter(lines => lines.length > longestCell);
    expect(long.map(lines => lines.join('\n'))).toEqual([]);
  });

  it('numbers its checks in their order, and those that are no exercises say what to look at', () => {
    const ids = lesson.cells.flatMap(checksIn);
    expect(ids).toEqual(ids.map((_, index) => `${Number(number)}.${index + 1}`));
    const silent = lesson.cells.filter(cell => {
      const isOrdinary = checksIn(cell).some(id => !exercises.includes(id));
      return isOrdinary && !/\bhint: /.test(sourceOf(cell));
    });
    expect(silent.map(sourceOf)).toEqual([]);
  });

  it('has two exercises or more, each asked for in words, with a check and at least two hints', () => {
    const checks = readCheckFile(join(root, path.replace('.ipynb', '.checks.json')));
    expect(exercises.length).toBeGreaterThanOrEqual(2);
    expect([...checks.keys()]).toEqual(exercises);
    for (const id of exercises) {
      const [first, last] = exerciseRange(lesson, id);
      expect(last).toBeGreaterThanOrEqual(first);
      expect(sourceOf(lesson.cells[first - 1])).toContain(`**${id}**`);
      expect(checks.get(id)?.hints?.length).toBeGreaterThanOrEqual(2);
      expect(sourceOf(lesson.cells[first])).toContain(`Exercise ${id}: `);
      expect(checks.get(id)?.title?.toLowerCase()).toBe(
        /Exercise \S+: (.*)/.exec(sourceOf(lesson.cells[first]))![1].toLowerCase()
      );
    }
  });
});
