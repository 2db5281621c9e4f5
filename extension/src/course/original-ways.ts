/** In the original of a lesson, whose exercises hold their solutions: the ways from there to the student's own copy. */
import { CommandIDs } from '../commands.js';
import { exerciseOf, withoutSolution } from './exercises.js';
import { putBelow, type LessonCell, type LessonNotebook } from './lesson-notebook.js';
import type { WatchContext } from './lesson-watch.js';
import { OriginalBar } from './original-bar.js';

export class OriginalWays {
  readonly #notebook: LessonNotebook;
  readonly #context: WatchContext;
  readonly #bars = new Map<string, OriginalBar>();

  constructor(notebook: LessonNotebook, context: WatchContext) {
    this.#notebook = notebook;
    this.#context = context;
  }

  /** Gives each exercise its way, if there are copies; takes it from what is none any more. */
  look(cells: readonly LessonCell[]): void {
    const { model, commands, trans } = this.#context;
    const original = model.originalAt(this.#notebook.context.path);
    for (const cell of cells) {
      const id = original && solvedExerciseIn(cell);
      const known = this.#bars.get(cell.model.id);
      if (known?.exercise === id && known?.parent === cell) continue;
      known?.dispose();
      this.#bars.delete(cell.model.id);
      if (!original || id === undefined) continue;
      const args = { course: original.course.folder, file: original.lesson.file, exercise: id };
      const onOpen = (): void => void commands.execute(CommandIDs.openLesson, args);
      const bar = new OriginalBar({ id, trans, onOpen });
      this.#bars.set(cell.model.id, bar);
      putBelow(bar, cell);
    }
  }
}

/** The exercise that a cell is, if its solution stands in it. */
function solvedExerciseIn({ model }: LessonCell): string | undefined {
  const source = model.sharedModel.getSource();
  return withoutSolution(source).solution === null ? undefined : exerciseOf(source);
}
