/** Where a view goes: into the main area, or beside it where that holds one document only, as in Notebook 7. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Widget } from '@lumino/widgets';

/** Adds a view and brings it to the front. */
export function showWidget({ shell }: JupyterFrontEnd, widget: Widget): void {
  if (!widget.isAttached) shell.add(widget, 'main');
  if (!widget.isAttached) shell.add(widget, 'right');
  shell.activateById(widget.id);
}
