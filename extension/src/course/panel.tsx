/** The lessons in their order: what each is about, how long it takes, and how far the student is. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';
import { CommandIDs } from '../commands.js';
import type { Course, Lesson } from './catalogue.js';
import type { CourseModel, Placed } from './model.js';
import { exerciseCounts, type LessonProgress } from './progress.js';

const panelClass = 'jp-DecentLabCourse';

export interface CoursePanelOptions {
  model: CourseModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

export class CoursePanel extends ReactWidget {
  readonly #options: CoursePanelOptions;
  #isRead = false;

  constructor(options: CoursePanelOptions) {
    super();
    this.#options = options;
    this.addClass(panelClass);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', options.trans.__('DecentLab course'));
    options.model.changed.connect(this.#onChanged, this);
    void options.model.ready().then(() => this.#onChanged());
  }

  override dispose(): void {
    this.#options.model.changed.disconnect(this.#onChanged, this);
    super.dispose();
  }

  /** Another tab may have gone on. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    if (this.#isRead) void this.#options.model.refresh();
  }

  protected override render(): React.JSX.Element {
    const { model, commands, trans } = this.#options;
    if (!this.#isRead) return <p>{trans.__('Looking for the course.')}</p>;
    return (
      <>
        {model.courses.map(course => (
          <CourseView key={course.folder} course={course} options={this.#options} />
        ))}
        {model.problems.map(problem => (
          <p key={problem}>{problem}</p>
        ))}
        {model.courses.length === 0 && this.#blank()}
        {model.courses.length > 0 && (
          <button
            className="jp-mod-styled"
            onClick={() => void commands.execute(CommandIDs.startTour)}
          >
            {trans.__('Take the tour')}
          </button>
        )}
      </>
    );
  }

  #blank(): React.JSX.Element {
    const { model, trans } = this.#options;
    return (
      <div className={`${panelClass}-blank`}>
        <p>
          {trans.__(
            'There is no course here: start JupyterLab with `npm start` in the DecentLab folder, or in a folder with course.json.'
          )}
        </p>
        <button className="jp-mod-styled jp-mod-accept" onClick={() => void model.refresh()}>
          {trans.__('Look again')}
        </button>
      </div>
    );
  }

  #onChanged(): void {
    this.#isRead = true;
    this.update();
  }
}

interface CourseViewProps {
  course: Course;
  options: CoursePanelOptions;
}

function CourseView({ course, options }: CourseViewProps): React.JSX.Element {
  const { model, commands, trans } = options;
  const last = model.last(course);
  const next = last ?? course.lessons[0];
  const open = (file: string, exercise?: string): void => {
    const args = { course: course.folder, file, ...(exercise === undefined ? {} : { exercise }) };
    void commands.execute(CommandIDs.openLesson, args);
  };
  return (
    <>
      <h2>{course.title}</h2>
      {next && (
        <button className="jp-mod-styled jp-mod-accept" onClick={() => open(next.file)}>
          {last ? trans.__('Go on with “%1”', next.title) : trans.__('Begin with “%1”', next.title)}
        </button>
      )}
      <ol>
        {course.lessons.map(lesson => (
          <li key={lesson.file}>
            <LessonView placed={{ course, lesson }} options={options} onOpen={open} />
          </li>
        ))}
      </ol>
    </>
  );
}

interface LessonViewProps {
  placed: Placed;
  options: CoursePanelOptions;
  onOpen(file: string, exercise?: string): void;
}

function LessonView({ placed, options, onOpen }: LessonViewProps): React.JSX.Element {
  const { trans, model } = options;
  const { lesson } = placed;
  const done = model.progressIn(placed);
  return (
    <>
      <h3>
        <button className={`${panelClass}-open`} onClick={() => onOpen(lesson.file)}>
          {lesson.title}
        </button>
      </h3>
      <p>{lesson.summary}</p>
      <p className={`${panelClass}-detail`}>{wordsOf(placed, options).join(' · ')}</p>
      {done && (
        <progress
          max={Math.max(1, done.cells)}
          value={Math.min(done.ran.length, done.cells)}
          aria-label={trans.__('Cells run in “%1”', lesson.title)}
        />
      )}
      {done && exerciseCounts(done).all > 0 && (
        <ExerciseList lesson={lesson} done={done} trans={trans} onOpen={onOpen} />
      )}
    </>
  );
}

interface ExerciseListProps {
  lesson: Lesson;
  done: LessonProgress;
  trans: TranslationBundle;
  onOpen(file: string, exercise: string): void;
}

/** Each exercise as a small button that leads to its cell. */
function ExerciseList({ lesson, done, trans, onOpen }: ExerciseListProps): React.JSX.Element {
  return (
    <ul aria-label={trans.__('Exercises of “%1”', lesson.title)}>
      {Object.entries(done.exercises).map(([id, { solved }]) => (
        <li key={id}>
          <button
            className={`${panelClass}-exercise`}
            aria-label={
              solved
                ? trans.__('Exercise %1, solved', id)
                : trans.__('Exercise %1, not solved yet', id)
            }
            onClick={() => onOpen(lesson.file, id)}
          >
            {solved ? '✓' : '○'} {id}
          </button>
        </li>
      ))}
    </ul>
  );
}

function wordsOf(placed: Placed, { model, trans }: CoursePanelOptions): string[] {
  const done = model.progressIn(placed);
  const minutes = trans._n('%1 minute', '%1 minutes', placed.lesson.minutes);
  if (!done) return [minutes, trans.__('not begun')];
  const { solved, all } = exerciseCounts(done);
  const ran = Math.min(done.ran.length, done.cells);
  if (done.cells > 0 && ran === done.cells && solved === all) return [minutes, trans.__('✓ done')];
  return [
    minutes,
    trans.__('%1 of %2 cells run', ran, done.cells),
    ...(all > 0
      ? [trans._n('%2 of %1 exercise solved', '%2 of %1 exercises solved', all, solved)]
      : [])
  ];
}
