/** Follows one open notebook: it gives exercises their bars, and notes what has been done if the notebook is a lesson. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { hasCopies, join } from './catalogue.js';
import { Spoken } from './causes.js';
import { ExerciseBar, type ExerciseSource } from './exercise-bar.js';
import { exerciseOf, hasCheck, outcomeIn, solutionIn, withoutSolution } from './exercises.js';
import { cellsOf, textOf } from './files.js';
import { goToCell, putBelow, type LessonCell, type LessonNotebook } from './lesson-notebook.js';
import type { CourseModel, Placed } from './model.js';
import { OriginalWays } from './original-ways.js';
import { noExercise, type ExerciseProgress, type LessonProgress } from './progress.js';

export interface WatchContext {
  readonly model: CourseModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

export class LessonWatch {
  readonly #notebook: LessonNotebook;
  readonly #context: WatchContext;
  readonly #bars = new Map<string, ExerciseBar>();
  readonly #ways: OriginalWays;
  readonly #opened = new Date().toISOString();
  #frame = 0;
  #noted = '';
  #isResumed = false;

  constructor(notebook: LessonNotebook, context: WatchContext) {
    this.#notebook = notebook;
    this.#context = context;
    this.#ways = new OriginalWays(notebook, context);
    const { modelContentChanged, activeCellChanged } = notebook.content;
    modelContentChanged.connect(() => this.#soon());
    activeCellChanged.connect(() => {
      context.commands.notifyCommandChanged();
      this.#soon();
    });
    context.model.changed.connect(this.#updateBars, this);
    notebook.disposed.connect(() => {
      cancelAnimationFrame(this.#frame);
      context.model.changed.disconnect(this.#updateBars, this);
    });
    void context.model.ready().then(() => this.#soon());
  }

  /** The bar of the active cell; null if that is no exercise. */
  get activeBar(): ExerciseBar | null {
    const { activeCell } = this.#notebook.content;
    return (activeCell && this.#bars.get(activeCell.model.id)) ?? null;
  }

  /** Whether the beginning of the whole notebook is known, or that of an exercise in it. */
  get canReset(): boolean {
    const placed = this.#placed();
    return (
      (placed && hasCopies(placed.course)) ||
      this.#codeCells().some(cell => starterOf(cell) !== null)
    );
  }

  /** Makes the whole notebook what it was at the beginning. */
  async reset(): Promise<void> {
    const { resetNotebook } = await import('./reset-notebook.js');
    await resetNotebook(this.#notebook, this.#context);
  }

  #soon(): void {
    if (this.#frame !== 0 || this.#notebook.isDisposed) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#look();
    });
  }

  #look(): void {
    for (const cell of this.#codeCells()) this.#giveBar(cell);
    this.#ways.look(this.#codeCells());
    const placed = this.#placed();
    if (!placed) return;
    if (!this.#isResumed) return this.#resume(placed);
    this.#note(placed, {});
  }

  /** The student goes on in the cell where they were. */
  #resume(placed: Placed): void {
    const { content, context } = this.#notebook;
    if (!context.isReady || content.widgets.length === 0) {
      void context.ready.then(() => this.#soon());
      return;
    }
    this.#isResumed = true;
    const last = this.#context.model.progressIn(placed)?.cell;
    if (content.activeCellIndex === 0)
      void goToCell(this.#notebook, ({ model }) => model.id === last);
    this.#soon();
  }

  #note(placed: Placed, exercises: Record<string, Partial<ExerciseProgress>>): void {
    const { content } = this.#notebook;
    const known = this.#context.model.progressIn(placed);
    const code = this.#codeCells();
    const ids = code.flatMap(cell => exerciseIn(cell) ?? []);
    const done: LessonProgress = {
      opened: this.#opened,
      ...(content.activeCell ? { cell: content.activeCell.model.id } : {}),
      cells: code.length,
      ran: code.filter(({ model }) => model.executionCount).map(({ model }) => model.id),
      exercises: Object.fromEntries(
        ids.map(id => [id, { ...(known?.exercises[id] ?? noExercise), ...exercises[id] }])
      )
    };
    const text = JSON.stringify(done);
    if (text === this.#noted) return;
    this.#noted = text;
    this.#context.model.add(placed, done);
  }

  #giveBar(cell: LessonCell): void {
    const id = exerciseIn(cell);
    const known = this.#bars.get(cell.model.id);
    if (known?.source.id === id && known?.parent === cell) return;
    known?.dispose();
    this.#bars.delete(cell.model.id);
    if (id === undefined) return;
    const bar = new ExerciseBar(this.#sourceOf(cell, id), this.#context.trans);
    this.#bars.set(cell.model.id, bar);
    putBelow(bar, cell);
  }

  #sourceOf(cell: LessonCell, id: string): ExerciseSource {
    const { sharedModel } = cell.model;
    // A notebook that is no lesson of a course has no progress that is kept, but one that is shown.
    let apart: ExerciseProgress = noExercise;
    return {
      id,
      starter: starterOf(cell),
      text: () => sharedModel.getSource(),
      setText: text => sharedModel.setSource(text),
      progress: () => {
        const placed = this.#placed();
        const known = placed && this.#context.model.progressIn(placed)?.exercises[id];
        return known ?? apart;
      },
      add: done => {
        apart = { ...apart, ...done };
        const placed = this.#placed();
        if (placed) this.#note(placed, { [id]: done });
      },
      check: () => this.#check(cell, id),
      hints: () => this.#hints(id),
      solution: () => this.#solution(id)
    };
  }

  /** Runs the exercise and what follows up to its check, by the command of the Run button. */
  async #check(cell: LessonCell, id: string): ReturnType<ExerciseSource['check']> {
    const { widgets } = this.#notebook.content;
    const start = widgets.indexOf(cell);
    const isCheck = ({ model }: LessonCell): boolean =>
      model.type === 'code' && hasCheck(model.sharedModel.getSource(), id);
    const end = widgets.findIndex((one, index) => index >= start && isCheck(one));
    const checking = widgets[end];
    if (!checking) return 'no-check';
    for (const one of widgets.slice(start, end + 1).filter(({ model }) => model.type === 'code')) {
      this.#notebook.content.activeCellIndex = widgets.indexOf(one);
      this.#notebook.content.deselectAll();
      await this.#context.commands.execute('notebook:run-cell');
      if (!outputsOf(one).some(({ type }) => type === 'error')) continue;
      const above = widgets.slice(0, start).filter(({ model }) => model.type === 'code');
      return above.every(({ model }) => model.executionCount) ? 'error' : 'too-early';
    }
    this.#notebook.content.activeCellIndex = widgets.indexOf(cell);
    const texts = outputsOf(checking).map(({ data }) => String(data['text/plain'] ?? ''));
    return outcomeIn(texts, id) === true ? 'passed' : 'failed';
  }

  async #hints(id: string): Promise<readonly string[]> {
    const { trans, model } = this.#context;
    const { path } = this.#notebook.context;
    const file = path.replace(/\.ipynb$/, '.checks.json');
    const text = await textOf(model.contents, file);
    if (text === null)
      throw new Spoken(trans.__('There is no %1, which would hold the hints.', file));
    const all = parsed(text);
    if (!all) throw new Spoken(trans.__('%1 is not JSON.', file));
    const hints = all[id]?.hints ?? [];
    return Array.isArray(hints) ? hints.map(String) : [];
  }

  /** It stands in the original only, if that has it. */
  async #solution(id: string): Promise<string | null> {
    const placed = this.#placed();
    const { path } = this.#notebook.context;
    const original =
      placed && hasCopies(placed.course) ? join(placed.course.folder, placed.lesson.file) : path;
    const cells = await cellsOf(this.#context.model.contents, original).catch(() => []);
    return solutionIn(cells, id);
  }

  #placed(): Placed | undefined {
    return this.#context.model.lessonAt(this.#notebook.context.path);
  }

  #codeCells(): LessonCell[] {
    return this.#notebook.content.widgets.filter(({ model }) => model.type === 'code');
  }

  #updateBars(): void {
    for (const bar of this.#bars.values()) bar.update();
  }
}

/** Brings an exercise into sight. Resolves to whether the notebook has it. */
export function goToExercise(notebook: LessonNotebook, id: string): Promise<boolean> {
  return goToCell(notebook, cell => cell.model.type === 'code' && exerciseIn(cell) === id);
}

/** Students may take away the line that says it; their copy remembers. An author's cell, with its solution, is none. */
function exerciseIn({ model }: LessonCell): string | undefined {
  const own = model.getMetadata('decentlab') as { exercise?: unknown } | undefined;
  if (typeof own?.exercise === 'string') return own.exercise;
  const source = model.sharedModel.getSource();
  return withoutSolution(source).solution === null ? exerciseOf(source) : undefined;
}

/** The text that an exercise begins with; null for another cell. */
function starterOf({ model }: LessonCell): string | null {
  const own = model.getMetadata('decentlab') as { starter?: unknown } | undefined;
  return typeof own?.starter === 'string' ? own.starter : null;
}

function outputsOf({
  model
}: LessonCell): { type: string; data: Readonly<Record<string, unknown>> }[] {
  const { outputs } = model;
  return Array.from({ length: outputs?.length ?? 0 }, (_, index) => outputs!.get(index));
}

function parsed(text: string): Record<string, { hints?: unknown }> | null {
  try {
    return JSON.parse(text) as Record<string, { hints?: unknown }> | null;
  } catch {
    return null;
  }
}
