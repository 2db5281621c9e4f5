/** The command that opens the live graph of a cluster; what draws it is loaded with the first one. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IClusters } from '../clusters/token.js';
import type { ClustersModel } from '../clusters/model.js';
import { CommandIDs, paletteCategory, translationDomain } from '../commands.js';
import { graphIcon } from '../icons.js';

export const graphPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-decentlab:graph',
  description: 'A live view of the graph, the engines and W of a cluster.',
  autoStart: true,
  requires: [IClusters],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    model: ClustersModel,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'decentlab-graph' });
    const idOf = (widget: MainAreaWidget): string => widget.id.slice(prefix.length);
    const command = CommandIDs.showGraph;
    app.commands.addCommand(command, {
      label: trans.__('Show graph'),
      caption: trans.__('The engines of a cluster, their links, and what passes over them'),
      icon: args => (args['isPalette'] ? undefined : graphIcon),
      describedBy: { args: { type: 'object', properties: { clusterId: { type: 'string' } } } },
      isEnabled: args => targetOf(model, args['clusterId']) !== undefined,
      execute: async args => {
        const clusterId = targetOf(model, args['clusterId']);
        if (clusterId === undefined) return;
        const open = tracker.find(widget => idOf(widget) === clusterId);
        const widget = open ?? (await createView({ app, model, trans }, clusterId));
        if (!open) {
          await tracker.add(widget);
          app.shell.add(widget, 'main');
        }
        app.shell.activateById(widget.id);
      }
    });
    palette?.addItem({ command, category: paletteCategory, args: { isPalette: true } });
    void restorer?.restore(tracker, {
      command,
      args: widget => ({ clusterId: idOf(widget) }),
      name: idOf
    });
  }
};

const prefix = 'decentlab-graph-';

/** The cluster that is named; otherwise that of the notebook in front, or the newest. A restored view names one that may be gone. */
function targetOf(model: ClustersModel, id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  return (model.clusterOf(model.notebook) ?? model.clusters[0])?.id;
}

interface Context {
  app: JupyterFrontEnd;
  model: ClustersModel;
  trans: ReturnType<ITranslator['load']>;
}

async function createView(
  { app, model, trans }: Context,
  clusterId: string
): Promise<MainAreaWidget> {
  const { GraphView } = await import('./graph-view.js');
  const content = new GraphView({ clusterId, model, commands: app.commands, trans });
  const widget = new MainAreaWidget({ content });
  // Only now: the main area names all its contents alike.
  content.node.setAttribute('aria-label', trans.__('Graph of cluster %1', clusterId));
  widget.id = `${prefix}${clusterId}`;
  widget.title.label = trans.__('Graph of %1', clusterId);
  widget.title.icon = graphIcon;
  widget.title.closable = true;
  return widget;
}
