/** The courses of this user and what has been done in them; whoever shows them hears of changes. */
import type { Contents } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import { hasCopies, join, workPath, type Course, type Lesson } from './catalogue.js';
import { addProgress, findCourse, makeCopies, readProgress } from './files.js';
import { lastLesson, merged, noProgress, type LessonProgress, type Progress } from './progress.js';

/** A lesson in its course. */
export interface Placed {
  readonly course: Course;
  readonly lesson: Lesson;
}

/** Many cells may run in a row: progress is written when it rests this long, in milliseconds. */
const restTime = 500;

export class CourseModel {
  readonly #contents: Contents.IManager;
  readonly #folders: () => readonly string[];
  readonly #progress = new Map<Course, Progress>();
  readonly #unsaved = new Map<Course, Progress>();
  readonly #changed = new Signal<this, void>(this);
  #courses: readonly Course[] = [];
  #problems: readonly string[] = [];
  #reading: Promise<void> | null = null;
  #timer = 0;

  constructor(contents: Contents.IManager, folders: () => readonly string[]) {
    this.#contents = contents;
    this.#folders = folders;
  }

  /** Something to show has changed. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get courses(): readonly Course[] {
    return this.#courses;
  }

  /** What is wrong with files of courses, a sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  get contents(): Contents.IManager {
    return this.#contents;
  }

  /** Reads the courses, once. */
  ready(): Promise<void> {
    return (this.#reading ??= this.refresh());
  }

  /** Reads the courses and the progress again. */
  async refresh(): Promise<void> {
    const found = await Promise.all(
      [...new Set(this.#folders().map(folder => join(folder)))].map(folder =>
        findCourse(this.#contents, folder)
      )
    );
    this.#courses = found.filter(course => typeof course === 'object' && course !== null);
    this.#problems = found.filter(course => typeof course === 'string');
    const progress = await Promise.all(
      this.#courses.map(course => readProgress(this.#contents, course))
    );
    this.#courses.forEach((course, index) =>
      this.#progress.set(course, merged(progress[index] ?? noProgress, noProgress))
    );
    this.#changed.emit();
  }

  /** What has been done in a lesson; undefined if it was never opened. */
  progressIn({ course, lesson }: Placed): LessonProgress | undefined {
    return this.#progress.get(course)?.lessons[lesson.file];
  }

  /** The lesson that was opened last. */
  last(course: Course): Lesson | undefined {
    const file = lastLesson(this.#progress.get(course) ?? noProgress);
    return course.lessons.find(lesson => lesson.file === file);
  }

  /** The lesson whose notebook a student works in at this path. */
  lessonAt(path: string): Placed | undefined {
    return this.#find((course, lesson) => workPath(course, lesson) === path);
  }

  /** The lesson whose original this is, if students have copies. */
  originalAt(path: string): Placed | undefined {
    return this.#find(
      (course, lesson) => hasCopies(course) && join(course.folder, lesson.file) === path
    );
  }

  /** The path of the student's notebook of a lesson, which is made if it is not there. */
  async prepare({ course, lesson }: Placed): Promise<string> {
    await makeCopies(this.#contents, course);
    return workPath(course, lesson);
  }

  /** Adds to what has been done in a lesson. */
  add({ course, lesson }: Placed, done: LessonProgress): void {
    const news: Progress = { lessons: { [lesson.file]: done } };
    const known = this.#progress.get(course) ?? noProgress;
    const all = merged(known, news);
    if (JSON.stringify(all) === JSON.stringify(known)) return;
    this.#progress.set(course, all);
    this.#unsaved.set(course, all);
    this.#changed.emit();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#save(), restTime);
  }

  async #save(): Promise<void> {
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    for (const [course, progress] of unsaved) {
      try {
        const all = await addProgress(this.#contents, course, progress);
        this.#progress.set(course, merged(all, this.#progress.get(course) ?? noProgress));
      } catch {
        // The server is away: what comes next is written with this.
        this.#unsaved.set(course, progress);
      }
    }
    this.#changed.emit();
  }

  #find(fits: (course: Course, lesson: Lesson) => boolean): Placed | undefined {
    const placed = this.#courses.flatMap(course =>
      course.lessons.map(lesson => ({ course, lesson }))
    );
    return placed.find(({ course, lesson }) => fits(course, lesson));
  }
}
