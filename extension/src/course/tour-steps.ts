/** What the tour shows: the clusters, their graph, the lessons, a cell and its check. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../commands.js';
import { goToCell, type LessonNotebook } from './lesson-notebook.js';
import type { CourseModel } from './model.js';
import type { TourStep } from './tour.js';

export interface TourContext {
  app: JupyterFrontEnd;
  model: CourseModel;
  trans: TranslationBundle;
}

/** The steps; without a course, those that need no lesson. */
export function tourSteps(context: TourContext): TourStep[] {
  const { model, trans } = context;
  const steps = [clusters(context), graph(context)];
  if (model.courses.length === 0) return steps;
  const check: TourStep = {
    title: trans.__('A check'),
    text: trans.__(
      'Cells with check(…) compare your value with one that your code did not compute, and say what was seen and what was expected. Exercises have buttons for that, for hints and for a fresh start.'
    ),
    prepare: () => toCell(context, /\bcheck\(/),
    target: () => activeCell(context)
  };
  return [...steps, lessons(context), cell(context), check];
}

function clusters({ app, trans }: TourContext): TourStep {
  return {
    title: trans.__('Clusters'),
    text: trans.__(
      'Here you start engines: processes that run your cells side by side and talk to their neighbours. Their state, their logs and a restart are here too.'
    ),
    prepare: () => app.commands.execute(CommandIDs.showClusters),
    target: () => document.querySelector('#decentlab-clusters')
  };
}

function graph({ app, trans }: TourContext): TourStep {
  return {
    title: trans.__('The graph'),
    text: trans.__(
      'While a cluster runs, “Show graph” draws its engines as they are linked, with a value of yours as their colour and what passes over each link.'
    ),
    prepare: async () => {
      if (app.commands.isEnabled(CommandIDs.showGraph))
        await app.commands.execute(CommandIDs.showGraph);
    },
    target: () =>
      document.querySelector('.jp-DecentLabGraph') ?? document.querySelector('#decentlab-clusters')
  };
}

function lessons({ app, trans }: TourContext): TourStep {
  return {
    title: trans.__('The lessons'),
    text: trans.__(
      'The course in its order, with what you have done. A lesson opens as your own copy, in the cell where you were.'
    ),
    prepare: () => app.commands.execute(CommandIDs.openCourse),
    target: () => document.querySelector('#decentlab-course')
  };
}

function cell(context: TourContext): TourStep {
  const { app, model, trans } = context;
  return {
    title: trans.__('A cell'),
    text: trans.__(
      'Cells are TypeScript. Shift+Enter runs one; with %%%%px in its first line it runs on all engines at once.'
    ),
    prepare: async () => {
      const [course] = model.courses;
      const first = course && (model.last(course) ?? course.lessons[0]);
      if (!first) return;
      const args = { course: course.folder, file: first.file };
      await app.commands.execute(CommandIDs.openLesson, args);
      await toCell(context, /\S/);
    },
    target: () => activeCell(context)
  };
}

/** Makes the first code cell of the notebook in front active whose text fits. */
async function toCell({ app }: TourContext, text: RegExp): Promise<void> {
  const notebook = notebookInFront(app);
  if (!notebook) return;
  await goToCell(
    notebook,
    ({ model }) => model.type === 'code' && text.test(model.sharedModel.getSource())
  );
}

function activeCell({ app }: TourContext): Element | null {
  return notebookInFront(app)?.content.activeCell?.node ?? null;
}

function notebookInFront({ shell }: JupyterFrontEnd): LessonNotebook | null {
  const widget = shell.currentWidget;
  const isNotebook = widget && 'content' in widget && 'context' in widget;
  return isNotebook ? (widget as unknown as LessonNotebook) : null;
}
