/** The log of one engine in the main area: what its process has printed outside of cells. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import { refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { graphIcon } from '../icons.js';
import { showWidget } from '../show-widget.js';
import { said, type CommandContext } from './commands.js';

/** Opens the log, or brings it to the front and reads it again. */
export async function showLog(
  { app, model, trans }: CommandContext,
  clusterId: string,
  rank: number
): Promise<void> {
  const id = `decentlab-log-${clusterId}-${rank}`;
  const text = document.createElement('pre');
  text.className = 'jp-DecentLabLog';
  text.tabIndex = 0;
  text.setAttribute('role', 'log');
  text.setAttribute('aria-label', trans.__('Log of engine %1', rank));
  const read = async (): Promise<void> => {
    const printed = String(await model.ask({ action: 'log', id: clusterId, rank }));
    text.textContent = printed || trans.__('The engine has printed nothing outside of cells.');
    showEnd();
  };
  /** What came last tells most: why it ended, for one that did. */
  const showEnd = (): void => text.scrollTo({ top: text.scrollHeight });
  await read();
  const open = [...app.shell.widgets('main')].find(widget => widget.id === id);
  if (open) open.dispose();
  const content = new Widget();
  content.node.append(text);
  const widget = new MainAreaWidget({ content });
  widget.id = id;
  widget.title.label = trans.__('Log of engine %1', rank);
  widget.title.icon = graphIcon;
  widget.title.closable = true;
  widget.toolbar.addItem(
    'refresh',
    new ToolbarButton({
      icon: refreshIcon,
      label: trans.__('Read again'),
      onClick: () => void said(read, trans)
    })
  );
  showWidget(app, widget);
  showEnd();
}
