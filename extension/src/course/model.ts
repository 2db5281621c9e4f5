/** The courses of this user and what has been done in them; whoever shows them hears of changes. */
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import { hasCopies, join, workPath, type Course, type Lesson } from './catalogue.js';
import { causeOf } from './causes.js';
import { addProgress, findCourse, makeCopies, readProgress } from './files.js';
import { lastLesson, merged, noProgress, type LessonProgress, type Progress } from './progress.js';

/** A lesson in its course. */
export interface Placed {
  readonly course: Course;
  readonly lesson: Lesson;
}

/** Many cells may run in a row: progress is written when it rests this long, in milliseconds. */
const restTime = 500;

export interface CourseOptions {
  contents: Contents.IManager;
  /** Where courses are looked for. */
  folders(): readonly string[];
  trans: TranslationBundle;
}

export class CourseModel {
  readonly #contents: Contents.IManager;
  readonly #folders: () => readonly string[];
  readonly #trans: TranslationBundle;
  /** By the folder in which the student works. */
  readonly #progress = new Map<string, Progress>();
  readonly #unsaved = new Set<string>();
  readonly #changed = new Signal<this, void>(this);
  #courses: readonly Course[] = [];
  #problems: readonly string[] = [];
  #reading: Promise<void> | null = null;
  #timer = 0;

  constructor({ contents, folders, trans }: CourseOptions) {
    this.#contents = contents;
    this.#folders = folders;
    this.#trans = trans;
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

  /** Reads the courses and the progress again. What is known stays, if the server does not answer. */
  async refresh(): Promise<void> {
    const folders = [...new Set(this.#folders().map(folder => join(folder)))];
    try {
      const found = await Promise.all(
        folders.map(folder => findCourse(this.#contents, folder, this.#trans))
      );
      this.#courses = found.filter(course => typeof course === 'object' && course !== null);
      this.#problems = found.filter(course => typeof course === 'string');
      for (const course of this.#courses)
        this.#know(course, await readProgress(this.#contents, course));
    } catch (error) {
      this.#problems = [
        this.#trans.__('The courses could not be read: %1', causeOf(error, this.#trans))
      ];
    }
    this.#changed.emit();
  }

  /** What has been done in a lesson; undefined if it was never opened. */
  progressIn({ course, lesson }: Placed): LessonProgress | undefined {
    return this.#knownIn(course).lessons[lesson.file];
  }

  /** The lesson that was opened last. */
  last(course: Course): Lesson | undefined {
    const file = lastLesson(this.#knownIn(course));
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
    const before = JSON.stringify(this.#knownIn(course));
    this.#know(course, { lessons: { [lesson.file]: done } });
    if (JSON.stringify(this.#knownIn(course)) === before) return;
    this.#unsaved.add(course.work);
    this.#changed.emit();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#save(), restTime);
  }

  async #save(): Promise<void> {
    for (const course of this.#courses.filter(({ work }) => this.#unsaved.delete(work))) {
      try {
        this.#know(course, await addProgress(this.#contents, course, this.#knownIn(course)));
      } catch {
        // The server is away: this is written with what comes next.
        this.#unsaved.add(course.work);
      }
    }
    this.#changed.emit();
  }

  #knownIn({ work }: Course): Progress {
    return this.#progress.get(work) ?? noProgress;
  }

  /** Another tab, or the file, may know less than this one. */
  #know(course: Course, more: Progress): void {
    this.#progress.set(course.work, merged(this.#knownIn(course), more));
  }

  #find(fits: (course: Course, lesson: Lesson) => boolean): Placed | undefined {
    const placed = this.#courses.flatMap(course =>
      course.lessons.map(lesson => ({ course, lesson }))
    );
    return placed.find(({ course, lesson }) => fits(course, lesson));
  }
}
