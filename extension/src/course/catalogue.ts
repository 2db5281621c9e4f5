/** Courses as their files `course.json` describe them, and where a student's copies are. Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';

export interface Lesson {
  /** The notebook, relative to the course. */
  readonly file: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  readonly minutes: number;
}

export interface Course {
  /** Where the lessons are, relative to the folder that JupyterLab serves. */
  readonly folder: string;
  readonly title: string;
  readonly lessons: readonly Lesson[];
  /** Where the student's copies are; the same as `folder` if students work in the lessons themselves. */
  readonly work: string;
}

const kinds = { file: 'string', title: 'string', summary: 'string', minutes: 'number' } as const;

export interface CourseContext {
  /** Whether the lessons cannot be written. */
  isReadOnly: boolean;
  trans: TranslationBundle;
}

/**
 * The course that a file describes.
 * @returns the first thing that is wrong as a sentence, otherwise
 */
export function courseOf(
  folder: string,
  text: string,
  { isReadOnly, trans }: CourseContext
): Course | string {
  const file = join(folder, 'course.json');
  const content = parsed(text);
  if (!isRecord(content)) return trans.__('%1 is not JSON with a list of lessons.', file);
  const { title, lessons, copies } = content;
  if (!Array.isArray(lessons)) return trans.__('%1 has no list of lessons.', file);
  for (const [index, lesson] of lessons.entries()) {
    const wrong = Object.entries(kinds).find(
      ([word, kind]) => !isRecord(lesson) || typeof lesson[word] !== kind
    );
    if (!wrong) continue;
    const [word, kind] = wrong;
    return kind === 'number'
      ? trans.__('%1: lesson %2 needs "%3", a number.', file, index + 1, word)
      : trans.__('%1: lesson %2 needs "%3", a string.', file, index + 1, word);
  }
  const own =
    typeof copies === 'string' ? join(folder, copies) : isReadOnly ? apart(folder) : folder;
  return {
    folder,
    title: typeof title === 'string' ? title : folder,
    lessons: lessons as Lesson[],
    work: own
  };
}

/** Where the student reads and writes a lesson. */
export function workPath({ work }: Course, { file }: Lesson): string {
  return join(work, file);
}

/** Whether a student's lessons are copies. */
export function hasCopies({ folder, work }: Course): boolean {
  return folder !== work;
}

/** A path with `..` and `.` carried out, relative to what JupyterLab serves. */
export function join(...parts: string[]): string {
  const path: string[] = [];
  for (const part of parts.join('/').split('/')) {
    if (part === '..') path.pop();
    else if (part !== '' && part !== '.') path.push(part);
  }
  return path.join('/');
}

/** The folder of a path. */
export function folderOf(path: string): string {
  return join(path, '..');
}

function apart(folder: string): string {
  return `my-${folder.split('/').at(-1) || 'course'}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
