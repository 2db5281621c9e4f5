/** The course: its panel and card, exercises in notebooks, and the tour. All but the commands is loaded when it is used. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import { Panel } from '@lumino/widgets';
import { CommandIDs, paletteCategory, translationDomain } from '../commands.js';
import { courseIcon } from '../icons.js';
import type { ExerciseBar } from './exercise-bar.js';
import type { LessonNotebook } from './lesson-notebook.js';
import type { LessonWatch } from './lesson-watch.js';
import type { CourseModel } from './model.js';

const id = 'jupyterlab-decentlab:course';
const panelRank = 221;
const standardFolders = ['tutorials', '.'];

interface Context {
  app: JupyterFrontEnd;
  trans: TranslationBundle;
  /** The courses, which nobody reads before they are needed. */
  model(): Promise<CourseModel>;
  /** The exercises of the open notebooks. */
  watches: Map<LessonNotebook, LessonWatch>;
}

export const coursePlugin: JupyterFrontEndPlugin<void> = {
  id,
  description: 'The lessons of courses with their progress, exercises in notebooks, and a tour.',
  autoStart: true,
  optional: [ITranslator, ILauncher, ICommandPalette, ISettingRegistry, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const settings = registry?.load(id) ?? null;
    const context: Context = {
      ...{ app, trans, watches: new Map<LessonNotebook, LessonWatch>() },
      model: once(() => loadModel(app, settings, trans))
    };
    const panel = addPanel(context);
    restorer?.add(panel, panel.id);
    addCourseCommands(context, panel);
    addExerciseCommands(context);
    launcher?.add({ command: CommandIDs.openCourse, category: paletteCategory, rank: 0 });
    const others = ['openCourse', 'startTour', 'resetNotebook'] as const;
    for (const name of [...others, ...exerciseNames])
      palette?.addItem({
        ...{ command: CommandIDs[name], category: paletteCategory, args: { isPalette: true } }
      });
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: panel => watch(panel as unknown as LessonNotebook, context)
    } satisfies DocumentRegistry.WidgetExtension);
    if (settings) void offerTour(context, settings);
  }
};

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

async function loadModel(
  { serviceManager }: JupyterFrontEnd,
  settings: Promise<ISettingRegistry.ISettings> | null,
  trans: TranslationBundle
): Promise<CourseModel> {
  const [{ CourseModel }, loaded] = await Promise.all([
    import('./model.js'),
    settings?.catch(() => null)
  ]);
  const folders = (): string[] =>
    (loaded?.composite['folders'] as string[] | undefined) ?? standardFolders;
  const model = new CourseModel({ contents: serviceManager.contents, folders, trans });
  loaded?.changed.connect(() => void model.refresh());
  await model.ready();
  return model;
}

/** The panel is empty until it is shown. */
function addPanel({ app, trans, model }: Context): Panel {
  const panel = new Panel();
  panel.id = 'decentlab-course';
  panel.addClass('jp-DecentLabCourse-place');
  panel.title.icon = courseIcon;
  panel.title.caption = trans.__('DecentLab course');
  const fill = once(async () => {
    const [{ CoursePanel }, courses] = await Promise.all([import('./panel.js'), model()]);
    panel.addWidget(new CoursePanel({ model: courses, commands: app.commands, trans }));
  });
  const show = panel.processMessage.bind(panel);
  panel.processMessage = message => {
    show(message);
    if (message.type === 'after-show') void fill();
  };
  app.shell.add(panel, 'left', { rank: panelRank });
  return panel;
}

function addCourseCommands({ app, trans, model }: Context, panel: Panel): void {
  app.commands.addCommand(CommandIDs.openCourse, {
    label: args => (args['isPalette'] ? trans.__('Open the course') : trans.__('DecentLab course')),
    caption: trans.__('Show the lessons and how far you are'),
    icon: args => (args['isPalette'] ? undefined : courseIcon),
    describedBy: { args: { type: 'object', properties: { isPalette: { type: 'boolean' } } } },
    execute: () => app.shell.activateById(panel.id)
  });
  app.commands.addCommand(CommandIDs.openLesson, {
    label: trans.__('Open a lesson'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          course: { type: 'string', description: 'The folder of the course' },
          file: { type: 'string', description: 'The notebook in it' },
          exercise: { type: 'string', description: 'The exercise to go to, if any' }
        }
      }
    },
    execute: async ({ course: folder, file, exercise }): Promise<unknown> => {
      const courses = await model();
      const course = courses.courses.find(one => one.folder === folder);
      const lesson = course?.lessons.find(one => one.file === file);
      if (!course || !lesson) return;
      try {
        const path = await courses.prepare({ course, lesson });
        const notebook = (await app.commands.execute('docmanager:open', {
          path
        })) as LessonNotebook;
        if (typeof exercise !== 'string') return notebook;
        const { goToExercise } = await import('./lesson-watch.js');
        await goToExercise(notebook, exercise);
        return notebook;
      } catch (error) {
        const { causeOf } = await import('./causes.js');
        const reason = causeOf(error, trans);
        const text = trans.__('“%1” could not be opened: %2', lesson.title, reason);
        return Notification.error(text, { autoClose: false });
      }
    }
  });
  app.commands.addCommand(CommandIDs.startTour, {
    label: trans.__('Take the tour'),
    caption: trans.__('What is where, in five steps'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const [{ startTour }, { tourSteps }, courses] = await Promise.all([
        import('./tour.js'),
        import('./tour-steps.js'),
        model()
      ]);
      startTour({
        ...{ trans, steps: tourSteps({ app, trans, model: courses }) },
        focus: () => app.shell.currentWidget?.activate()
      });
    }
  });
}

const exerciseActs = {
  checkExercise: (bar: ExerciseBar) => bar.check(),
  showHint: (bar: ExerciseBar) => bar.hint(),
  showSolution: (bar: ExerciseBar) => bar.solution(),
  resetExercise: (bar: ExerciseBar) => bar.reset()
} as const;

const exerciseNames = Object.keys(exerciseActs) as (keyof typeof exerciseActs)[];

/** The buttons of the exercise in the active cell, for keyboard and palette; and what resets all of them. */
function addExerciseCommands({ app, trans, watches }: Context): void {
  const labels: Record<keyof typeof exerciseActs, string> = {
    checkExercise: trans.__('Check the exercise'),
    showHint: trans.__('Show a hint for the exercise'),
    showSolution: trans.__('Show the solution of the exercise'),
    resetExercise: trans.__('Reset the exercise')
  };
  const front = (): LessonWatch | undefined =>
    watches.get(app.shell.currentWidget as unknown as LessonNotebook);
  const bar = (): ExerciseBar | null => front()?.activeBar ?? null;
  for (const name of exerciseNames)
    app.commands.addCommand(CommandIDs[name], {
      label: labels[name],
      caption: () => (bar() ? '' : trans.__('The active cell is no exercise')),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => bar() !== null,
      execute: () => {
        const active = bar();
        return active && exerciseActs[name](active);
      }
    });
  const canReset = (): boolean => front()?.canReset ?? false;
  app.commands.addCommand(CommandIDs.resetNotebook, {
    label: trans.__('Reset the whole notebook'),
    caption: () => (canReset() ? '' : trans.__('The notebook in front is no lesson')),
    describedBy: { args: { type: 'object', properties: { isClicked: { type: 'boolean' } } } },
    isEnabled: canReset,
    // Menus of notebooks that are no lessons stay as they are.
    isVisible: ({ isClicked }) => isClicked !== true || canReset(),
    execute: () => front()?.reset()
  });
}

/** Notebooks of any kernel: a lesson may be in another language. */
function watch(notebook: LessonNotebook, context: Context): DisposableDelegate {
  const { app, trans, watches } = context;
  let notice = '';
  void notebook.context.ready.then(async () => {
    const [{ LessonWatch }, model] = await Promise.all([
      import('./lesson-watch.js'),
      context.model()
    ]);
    if (notebook.isDisposed) return;
    watches.set(notebook, new LessonWatch(notebook, { model, commands: app.commands, trans }));
    notice = sayOriginal(notebook, model, context);
  });
  return new DisposableDelegate(() => {
    watches.delete(notebook);
    if (notice !== '') Notification.dismiss(notice);
  });
}

/** An original of a lesson shows its solutions, and is for those who write it. The notification that says so, or ''. */
function sayOriginal(
  notebook: LessonNotebook,
  model: CourseModel,
  { app, trans }: Context
): string {
  const { path } = notebook.context;
  const original = model.originalAt(path);
  if (!original) return '';
  const args = { course: original.course.folder, file: original.lesson.file };
  // By its name: the copy may have come to the front meanwhile.
  const text = trans.__('%1 is the original of a lesson. Your own copy keeps what you do.', path);
  return Notification.info(text, {
    autoClose: false,
    actions: [
      {
        label: trans.__('Open my copy'),
        callback: () => void app.commands.execute(CommandIDs.openLesson, args)
      }
    ]
  });
}

/** At the first start with a course, once. */
async function offerTour(
  { app, trans, model }: Context,
  loading: Promise<ISettingRegistry.ISettings>
): Promise<void> {
  const [settings] = await Promise.all([loading, app.restored]);
  if (settings.composite['offerTour'] === false) return;
  if ((await model()).courses.length === 0) return;
  await settings.set('offerTour', false);
  Notification.info(trans.__('Welcome. A tour of two minutes shows what is where.'), {
    autoClose: false,
    actions: [
      {
        label: trans.__('Take the tour'),
        displayType: 'accent',
        callback: () => void app.commands.execute(CommandIDs.startTour)
      },
      { label: trans.__('No, thanks'), callback: () => undefined }
    ]
  });
}
