/**
 * Every lesson runs from its first cell to its last, and all its checks hold. The exercises are run in the students'
 * version first.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStudentVersion } from '../../kernel-runtime/src/shell/commands/notebooks/student.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';
import { executeNotebook } from './execute.js';
import {
  checksIn,
  exercisesIn,
  LESSONS,
  readLesson,
  withBeginnings,
  writeNotebook,
  type Notebook
} from './lessons.js';

const MINUTE = 60_000;

describe('The lesson', () => {
  const folder = temporaryFolder();
  writeStudentVersion(join(root, 'tutorials'), folder);

  it.for(LESSONS)(
    '%s runs without the extension from top to bottom; exercises fail as they begin and hold when solved; checks hold again',
    { timeout: 5 * MINUTE },
    async (path, { signal }) => {
      const lesson = readLesson(path);
      const copy = join(folder, basename(path));
      const student = JSON.parse(readFileSync(copy, 'utf8')) as Notebook;
      writeNotebook(copy, withBeginnings(lesson, student));
      const { failure, checks, hidden } = await executeNotebook(copy, { signal });
      expect(failure).toBeNull();
      expect(hidden).toEqual([]);
      const exercises = exercisesIn(lesson);
      const marks = checks.map(({ line }) => line.split(/ {2}|$/, 1)[0]);
      const ids = lesson.cells.flatMap(checksIn);
      const inOrder = ids.flatMap(id => [
        ...(exercises.includes(id) ? [`✗ ${id}`] : []),
        `✓ ${id}`
      ]);
      expect(marks.slice(0, inOrder.length)).toEqual(inOrder);
      const again = marks.slice(inOrder.length);
      expect(again.length).toBeGreaterThan(exercises.length);
      expect(again).toEqual(ids.slice(-again.length).map(id => `✓ ${id}`));
    }
  );
});
