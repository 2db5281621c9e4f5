/** The views of a cluster in the main area: its graph with W, and its timeline. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ClustersModel } from '../clusters/model.js';
import { IClusters } from '../clusters/token.js';
import { addViewCommand } from '../clusters/view-command.js';
import { CommandIDs, translationDomain } from '../commands.js';
import { IViewSettings } from '../views/token.js';
import { ViewSettings } from '../views/view-settings.js';

export const graphPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-decentlab:graph',
  description:
    'Live views of a cluster: the graph, the engines and W; and what they do, as a timeline.',
  autoStart: true,
  requires: [IClusters],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, IViewSettings],
  activate: (
    app: JupyterFrontEnd,
    model: ClustersModel,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    given: ViewSettings | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const settings = given ?? new ViewSettings();
    const places = { app, model, trans, restorer, palette };
    addViewCommand(places, {
      ...{ command: CommandIDs.showGraph, namespace: 'decentlab-graph' },
      label: trans.__('Show graph'),
      caption: trans.__('The engines of a cluster, their links, and what passes over them'),
      title: id => trans.__('Graph of %1', id),
      name: id => trans.__('Graph of cluster %1', id),
      create: async clusterId => {
        const { GraphView } = await import('./graph-view.js');
        return new GraphView({ clusterId, model, settings, commands: app.commands, trans });
      }
    });
    addViewCommand(places, {
      ...{ command: CommandIDs.showTimeline, namespace: 'decentlab-timeline' },
      label: trans.__('Show timeline'),
      caption: trans.__('What each engine does now, what passes between them, how they agree'),
      title: id => trans.__('Timeline of %1', id),
      name: id => trans.__('Timeline of cluster %1', id),
      create: async clusterId => {
        const { TimelineView } = await import('../timeline/timeline-view.js');
        return new TimelineView({ clusterId, model, settings, trans });
      }
    });
  }
};
