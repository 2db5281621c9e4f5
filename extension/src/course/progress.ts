/** What a student has done: cells that ran, exercises, and where they were. It only grows, so that two tabs agree. Pure. */

export interface ExerciseProgress {
  /** How often it was checked. */
  readonly checks: number;
  /** How many hints were read. */
  readonly hints: number;
  /** When the check passed first. */
  readonly solved?: string;
  /** When the solution was looked at. */
  readonly solutionSeen?: string;
}

export interface LessonProgress {
  /** When it was opened last. */
  readonly opened: string;
  /** The cell in which the student was last. */
  readonly cell?: string;
  /** How many code cells the lesson has. */
  readonly cells: number;
  /** The ids of those that ran. */
  readonly ran: readonly string[];
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

/** The content of progress.json: lessons by their files. */
export interface Progress {
  readonly lessons: Readonly<Record<string, LessonProgress>>;
}

export const noProgress: Progress = { lessons: {} };
export const noExercise: ExerciseProgress = { checks: 0, hints: 0 };

/** The progress in a file. What is not understood counts as nothing done. */
export function progressOf(text: string): Progress {
  try {
    const content = JSON.parse(text) as Partial<Progress> | null;
    const lessons = Object.entries(content?.lessons ?? {}).map(([file, lesson]) => [
      file,
      {
        ...{ opened: '', cells: 0, ran: [], exercises: {} },
        ...(typeof lesson === 'object' ? lesson : {})
      }
    ]);
    return { lessons: Object.fromEntries(lessons) as Progress['lessons'] };
  } catch {
    return noProgress;
  }
}

/** Both together: what was done in either. */
export function merged(a: Progress, b: Progress): Progress {
  const files = new Set([...Object.keys(a.lessons), ...Object.keys(b.lessons)]);
  const lessons = [...files].map(file => [file, mergedLesson(a.lessons[file], b.lessons[file])]);
  return { lessons: Object.fromEntries(lessons) as Progress['lessons'] };
}

/** The lesson that was opened last. */
export function lastLesson({ lessons }: Progress): string | undefined {
  const files = Object.keys(lessons);
  const time = (file: string): string => lessons[file]?.opened ?? '';
  return files.sort((a, b) => (time(a) < time(b) ? 1 : -1))[0];
}

/** How many exercises there are, and how many are solved. */
export function exerciseCounts({ exercises }: LessonProgress): { solved: number; all: number } {
  const known = Object.values(exercises);
  return { solved: known.filter(({ solved }) => solved).length, all: known.length };
}

function mergedLesson(a?: LessonProgress, b?: LessonProgress): LessonProgress | undefined {
  if (!a || !b) return a ?? b;
  const [earlier, later] = a.opened <= b.opened ? [a, b] : [b, a];
  const ids = new Set([...Object.keys(a.exercises), ...Object.keys(b.exercises)]);
  const exercises = [...ids].map(id => [id, mergedExercise(a.exercises[id], b.exercises[id])]);
  return {
    ...earlier,
    ...later,
    ran: [...new Set([...earlier.ran, ...later.ran])],
    exercises: Object.fromEntries(exercises) as LessonProgress['exercises']
  };
}

function mergedExercise(
  a: ExerciseProgress = noExercise,
  b: ExerciseProgress = noExercise
): ExerciseProgress {
  return {
    ...b,
    ...a,
    checks: Math.max(a.checks, b.checks),
    hints: Math.max(a.hints, b.hints)
  };
}
