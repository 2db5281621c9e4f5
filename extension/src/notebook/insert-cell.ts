/** Puts code into a notebook that uses a cluster, below its active cell; Undo of the notebook takes it away again. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { nameOfPath } from '../clusters/words.js';
import { messageTime } from '../commands.js';
import type { NotebookLike } from './notebook-like.js';

/** Inserts a cell that is the active one from then on, and says where it is; the view in front stays in front. */
export function insertCell(
  notebook: NotebookLike,
  source: string,
  { app, trans }: { app: JupyterFrontEnd; trans: TranslationBundle }
): void {
  const { content, sessionContext } = notebook;
  if (!content.model) return;
  const index = content.widgets.length === 0 ? 0 : content.activeCellIndex + 1;
  const metadata = { trusted: true };
  content.model.sharedModel.insertCell(index, { cell_type: 'code', source, metadata });
  content.activeCellIndex = index;
  const name = nameOfPath(sessionContext.path);
  Notification.success(trans.__('The code stands in cell %1 of %2.', index + 1, name), {
    autoClose: messageTime,
    actions: [{ label: trans.__('Show it'), callback: () => app.shell.activateById(notebook.id) }]
  });
}
