/** The command that opens a view of one cluster in the main area; what draws it is loaded with the first one. */
import type { ILayoutRestorer } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker, type ICommandPalette } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';
import { paletteCategory } from '../commands.js';
import { graphIcon } from '../icons.js';
import { showWidget } from '../show-widget.js';
import { whyNone, type CommandContext } from './commands.js';
import type { ClustersModel } from './model.js';

export interface ViewKind {
  command: string;
  /** Of the views' ids, and of what is kept to restore them. */
  namespace: string;
  label: string;
  caption: string;
  /** The heading of a view, for its tab, and its name for screen readers. */
  title(clusterId: string): string;
  name(clusterId: string): string;
  create(clusterId: string): Promise<Widget>;
}

export interface ViewPlaces extends CommandContext {
  restorer: ILayoutRestorer | null;
  palette: ICommandPalette | null;
}

/** Adds the command: it takes `clusterId`, and shows the view that is open already, if one is. */
export function addViewCommand(
  { app, model, trans, restorer, palette }: ViewPlaces,
  kind: ViewKind
): void {
  const { command, namespace } = kind;
  const tracker = new WidgetTracker<MainAreaWidget>({ namespace });
  const idOf = (widget: MainAreaWidget): string => widget.id.slice(namespace.length + 1);
  app.commands.addCommand(command, {
    label: kind.label,
    caption: args => (targetOf(model, args['clusterId']) ? kind.caption : whyNone(model, trans)),
    icon: args => (args['isPalette'] ? undefined : graphIcon),
    describedBy: { args: { type: 'object', properties: { clusterId: { type: 'string' } } } },
    isEnabled: args => targetOf(model, args['clusterId']) !== undefined,
    execute: async args => {
      const clusterId = targetOf(model, args['clusterId']);
      if (clusterId === undefined) return;
      const open = tracker.find(widget => idOf(widget) === clusterId);
      const widget = open ?? (await createView(kind, clusterId));
      if (!open) await tracker.add(widget);
      showWidget(app, widget);
    }
  });
  palette?.addItem({ command, category: paletteCategory, args: { isPalette: true } });
  void restorer?.restore(tracker, {
    command,
    args: widget => ({ clusterId: idOf(widget) }),
    name: idOf
  });
}

/** The cluster that is named; otherwise that of the notebook in front, or the newest. A restored view names one that may be gone. */
function targetOf(model: ClustersModel, id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  return (model.clusterOf(model.notebook) ?? model.clusters[0])?.id;
}

async function createView(kind: ViewKind, clusterId: string): Promise<MainAreaWidget> {
  const content = await kind.create(clusterId);
  const widget = new MainAreaWidget({ content });
  // Only now: the main area names all its contents alike.
  content.node.setAttribute('aria-label', kind.name(clusterId));
  widget.id = `${kind.namespace}-${clusterId}`;
  widget.title.label = kind.title(clusterId);
  widget.title.icon = graphIcon;
  widget.title.closable = true;
  return widget;
}
