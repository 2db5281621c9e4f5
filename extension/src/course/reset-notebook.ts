/** A whole notebook as it was at the beginning. What stood in it is kept in a file beside it, and comes back by Undo. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PartialJSONObject } from '@lumino/coreutils';
import { nameOfPath } from '../clusters/words.js';
import { messageTime } from '../commands.js';
import { hasCopies, join } from './catalogue.js';
import { causeOf } from './causes.js';
import { freshCell, sourceOf, type FileCell } from './exercises.js';
import { freePath, notebookAt, studentNotebook, type NotebookFile } from './files.js';
import type { LessonNotebook } from './lesson-notebook.js';
import type { WatchContext } from './lesson-watch.js';

/** Resets a notebook once its reader has agreed: a copy of a lesson to a new copy, in another one the exercises. */
export async function resetNotebook(
  notebook: LessonNotebook,
  watched: WatchContext
): Promise<void> {
  const { context } = notebook;
  const { model, trans } = watched;
  const { contents } = model;
  const placed = model.lessonAt(context.path);
  const copied = placed && hasCopies(placed.course) ? placed : null;
  try {
    const backup = await freePath(contents, context.path.replace(/\.ipynb$/, '-before-reset'));
    const kept = nameOfPath(backup);
    const body = copied
      ? trans.__('It becomes a new copy of the lesson. What stands in it is kept in %1, and your progress stays.', kept) // prettier-ignore
      : trans.__('Its exercises begin anew, and outputs go. What stands in it is kept in %1, and your progress stays.', kept); // prettier-ignore
    if (!(await isWanted(body, trans))) return;
    const before = contentOf(notebook);
    const fresh = copied
      ? studentNotebook(await notebookAt(contents, join(copied.course.folder, copied.lesson.file)))
      : { ...before, cells: before.cells.map(freshCell) };
    // Without outputs there is nothing that could be distrusted.
    const beginning = { ...fresh, cells: fresh.cells.map(cell => withTrust(cell, true)) };
    await contents.save(backup, { type: 'notebook', format: 'json', content: before });
    context.model.fromJSON(beginning);
    offerUndo({ context, backup, before, beginning }, watched);
  } catch (error) {
    Notification.error(trans.__('The notebook was not reset: %1', causeOf(error, trans)));
  }
}

async function isWanted(body: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Reset the whole notebook?'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Reset it') })
    ]
  });
  return button.accept;
}

interface Reset extends Pick<LessonNotebook, 'context'> {
  /** Where what was there before is kept. */
  backup: string;
  before: NotebookFile;
  beginning: NotebookFile;
}

/** What has been written since is not lost by an Undo either: what was there before opens beside it. */
function offerUndo(
  { context, backup, before, beginning }: Reset,
  { commands, trans }: WatchContext
): void {
  const isUntouched = (): boolean =>
    !context.isDisposed && textOf(context.model.toJSON() as NotebookFile) === textOf(beginning);
  const undo = (): void => {
    if (isUntouched()) context.model.fromJSON(before);
    else void commands.execute('docmanager:open', { path: backup });
  };
  const text = trans.__(
    'The notebook is as it was at the beginning. What stood in it is in %1.',
    nameOfPath(backup)
  );
  Notification.success(text, {
    autoClose: messageTime,
    actions: [{ label: trans.__('Undo the reset'), callback: undo }]
  });
}

/** Models forget which cells are trusted where they become files; outputs of other cells would be hidden. */
function contentOf({ context, content }: LessonNotebook): NotebookFile {
  const file = context.model.toJSON() as NotebookFile;
  const cells = file.cells.map((cell, index) =>
    withTrust(cell, content.widgets[index]?.model.trusted === true)
  );
  return { ...file, cells };
}

function withTrust(cell: FileCell, trusted: boolean): FileCell {
  return { ...cell, metadata: { ...(cell['metadata'] as PartialJSONObject), trusted } };
}

/** All that people write in a notebook. */
function textOf({ cells }: NotebookFile): string {
  return JSON.stringify(cells.map(cell => [cell.cell_type, sourceOf(cell)]));
}
