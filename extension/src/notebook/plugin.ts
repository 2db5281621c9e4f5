/** What notebooks get: a chip with the state of their cluster, marks on cells; and the same state in Lab's own places. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { said } from '../clusters/commands.js';
import type { ListedCluster } from '../clusters/listed.js';
import type { ClustersModel } from '../clusters/model.js';
import { IClusters } from '../clusters/token.js';
import { readySentence } from '../clusters/words.js';
import { CommandIDs, kernelName, paletteCategory, translationDomain } from '../commands.js';
import { graphIcon } from '../icons.js';
import { ClusterChip } from './chip.js';
import { CellMarks } from './marks.js';
import type { NotebookLike } from './notebook-like.js';
import { IViewSettings } from '../views/token.js';
import { ViewSettings } from '../views/view-settings.js';

interface Context {
  app: JupyterFrontEnd;
  model: ClustersModel;
  trans: TranslationBundle;
  state: IStateDB | null;
  settings: ViewSettings;
  /** The open notebooks, the one that was in front last at the end. */
  open: Set<NotebookLike>;
}

export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-decentlab:notebook',
  description: 'The state of the cluster in notebooks, the status bar and the list of what runs.',
  autoStart: true,
  requires: [IClusters],
  optional: [
    ITranslator,
    IStatusBar,
    IRunningSessionManagers,
    ILauncher,
    IStateDB,
    ICommandPalette,
    IViewSettings
  ],
  activate: (
    app: JupyterFrontEnd,
    model: ClustersModel,
    translator: ITranslator | null,
    statusBar: IStatusBar | null,
    running: IRunningSessionManagers | null,
    launcher: ILauncher | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    given: ViewSettings | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const settings = given ?? new ViewSettings();
    const context = { app, model, trans, state, settings, open: new Set<NotebookLike>() };
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: panel => decorate(panel as unknown as NotebookLike, context)
    } satisfies DocumentRegistry.WidgetExtension);
    if (statusBar) addStatusItem(statusBar, context);
    if (running) addRunning(running, context);
    addNewNotebook(context);
    addInsertCell(context);
    const command = CommandIDs.newNotebook;
    palette?.addItem({ command, category: paletteCategory, args: { isPalette: true } });
    if (launcher) addCards(launcher);
  }
};

/** The chip and the marks are there while the kernel is ours. */
function decorate(notebook: NotebookLike, context: Context): IDisposable {
  const { app, model, trans, state, open } = context;
  const { sessionContext, toolbar } = notebook;
  open.add(notebook);
  const cluster = () => model.clusterOf(sessionContext.path);
  const chip = new ClusterChip({
    ...{ model, trans, commands: app.commands },
    clusters: () => [cluster()].flatMap(known => known ?? [])
  });
  if (!toolbar.insertBefore('kernelName', 'decentlab-cluster', chip))
    toolbar.addItem('decentlab-cluster', chip);
  let marks: CellMarks | null = null;
  const follow = (): void => {
    const isOurs = sessionContext.session?.kernel?.name === kernelName;
    chip.setHidden(!isOurs);
    if (isOurs) marks ??= new CellMarks({ notebook, model, trans, state });
    else {
      marks?.dispose();
      marks = null;
    }
  };
  sessionContext.kernelChanged.connect(follow);
  follow();
  return new DisposableDelegate(() => {
    open.delete(notebook);
    marks?.dispose();
    chip.dispose();
  });
}

/** It comes with the first cluster: without one it would be hidden. */
function addStatusItem(statusBar: IStatusBar, context: Context): void {
  const { app, model, trans, settings } = context;
  /** That of the notebook in front; otherwise all. */
  const clusters = (): readonly ListedCluster[] => {
    const connected = model.clusterOf(model.notebook);
    return connected ? [connected] : model.clusters;
  };
  const look = (): void => {
    if (model.clusters.length === 0) return;
    model.changed.disconnect(look);
    void add();
  };
  const add = async (): Promise<void> => {
    const { StatusItem } = await import('./status-item.js');
    statusBar.registerStatusItem('jupyterlab-decentlab:clusters', {
      item: new StatusItem({ model, trans, settings, clusters, commands: app.commands }),
      align: 'left',
      rank: 3,
      isActive: () => model.clusters.length > 0,
      activeStateChanged: model.changed
    });
  };
  model.changed.connect(look);
}

function addRunning(running: IRunningSessionManagers, { app, model, trans }: Context): void {
  const stop = (clusterId: string): void =>
    void app.commands.execute(CommandIDs.stopCluster, { clusterId });
  running.add({
    name: trans.__('DecentLab clusters'),
    running: () =>
      model.clusters.map(cluster => ({
        label: () => trans.__('Cluster %1', cluster.id),
        labelTitle: () => readySentence(cluster, trans),
        detail: () => readySentence(cluster, trans),
        icon: () => graphIcon,
        open: () => void app.commands.execute(CommandIDs.showGraph, { clusterId: cluster.id }),
        shutdown: () => stop(cluster.id)
      })),
    shutdownAll: () => {
      for (const { id } of model.clusters)
        void said(() => model.ask({ action: 'stop', id }), trans);
    },
    refreshRunning: () => model.look(),
    runningChanged: model.changed,
    shutdownLabel: trans.__('Stop cluster'),
    shutdownAllLabel: trans.__('Stop all'),
    shutdownAllConfirmationText: trans.__('Stop all clusters? The variables on them are gone.')
  });
}

function addNewNotebook({ app, trans }: Context): void {
  app.commands.addCommand(CommandIDs.newNotebook, {
    label: args =>
      args['isPalette'] ? trans.__('New DecentLab notebook') : trans.__('New notebook'),
    caption: trans.__('A notebook whose cells are TypeScript'),
    icon: graphIcon,
    describedBy: { args: { type: 'object', properties: { cwd: { type: 'string' } } } },
    execute: ({ cwd }) =>
      app.commands.execute('notebook:create-new', {
        kernelName,
        ...(typeof cwd === 'string' ? { cwd } : {})
      })
  });
}

/** Code for a notebook that uses a cluster: `code`, and `clusterId`. */
function addInsertCell({ app, model, trans, open }: Context): void {
  app.shell.currentChanged?.connect((_, { newValue }) => {
    const notebook = newValue as NotebookLike | null;
    if (notebook && open.delete(notebook)) open.add(notebook);
  });
  const notebookOf = (clusterId: unknown): NotebookLike | undefined =>
    [...open].findLast(
      ({ sessionContext: { path } }) => model.clusterOf(path)?.id === String(clusterId)
    );
  app.commands.addCommand(CommandIDs.insertCell, {
    label: trans.__('Insert as cell'),
    caption: ({ clusterId }) =>
      notebookOf(clusterId)
        ? trans.__('Below the active cell of the notebook that uses this cluster')
        : trans.__('No open notebook uses this cluster'),
    describedBy: {
      args: {
        type: 'object',
        properties: { clusterId: { type: 'string' }, code: { type: 'string' } }
      }
    },
    isEnabled: ({ clusterId }) => notebookOf(clusterId) !== undefined,
    execute: async ({ clusterId, code }) => {
      const notebook = notebookOf(clusterId);
      const { insertCell } = await import('./insert-cell.js');
      if (notebook) insertCell(notebook, String(code), { app, trans });
    }
  });
}

function addCards(launcher: ILauncher): void {
  const cards = [CommandIDs.newNotebook, CommandIDs.startCluster];
  cards.forEach((command, index) =>
    launcher.add({ command, category: paletteCategory, rank: index + 1 })
  );
}
