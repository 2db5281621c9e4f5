/** The lessons in their order: what each is about, how long it takes, and how far the student is. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';
import { CommandIDs } from '../commands.js';
import type { Course } from './catalogue.js';
import type { CourseModel, Placed } from './model.js';
import { exerciseCounts } from './progress.js';

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
  const open = (file: string): void =>
    void commands.execute(CommandIDs.openLesson, { course: course.folder, file });
  return (
    <>
      <h2>{course.title}</h2>
      {last && (
        <button className="jp-mod-styled jp-mod-accept" onClick={() => open(last.file)}>
          {trans.__('Go on with “%1”', last.title)}
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
  onOpen(file: string): void;
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
    </>
  );
}

function wordsOf(placed: Placed, { model, trans }: CoursePanelOptions): string[] {
  const done = model.progressIn(placed);
  const minutes = trans._n('%1 minute', '%1 minutes', placed.lesson.minutes);
  if (!done) return [minutes, trans.__('not begun')];
  const { solved, all } = exerciseCounts(done);
  const ran = Math.min(done.ran.length, done.cells);
  return [
    minutes,
    trans.__('%1 of %2 cells run', ran, done.cells),
    ...(all > 0
      ? [trans._n('%2 of %1 exercise solved', '%2 of %1 exercises solved', all, solved)]
      : [])
  ];
}
