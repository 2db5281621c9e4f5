/** The panel of clusters in the left area, and its commands. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, paletteCategory, translationDomain } from '../commands.js';
import { graphIcon } from '../icons.js';
import { startByItself } from './auto-start.js';
import { addClusterCommands } from './commands.js';
import { ClustersModel } from './model.js';
import { ClustersPanel } from './panel.js';
import { addStartCommand } from './start-command.js';
import { plainChoice, type StartChoice } from './start-form.js';
import { IClusters } from './token.js';

const id = 'jupyterlab-decentlab:clusters';
const panelRank = 220;
const clusterSelector = '.jp-DecentLabClusters-cluster';

export const clustersPlugin: JupyterFrontEndPlugin<ClustersModel> = {
  id,
  description: 'A panel that starts clusters, and lists them with their engines.',
  autoStart: true,
  provides: IClusters,
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const model = new ClustersModel(app.serviceManager);
    addClusterCommands({ app, model, trans });
    model.changed.connect(() => app.commands.notifyCommandChanged());
    followPath(app, model);

    const preferences = followSettings(settings);
    const { commands } = app;
    const panel = new ClustersPanel({ model, commands, trans, defaults: () => preferences.choice });
    startByItself({
      ...{ model, commands },
      wanted: () => (preferences.isAutomatic ? preferences.choice : null)
    });
    panel.id = 'decentlab-clusters';
    panel.title.icon = graphIcon;
    panel.title.caption = trans.__('DecentLab clusters');
    app.shell.add(panel, 'left', { rank: panelRank });
    restorer?.add(panel, panel.id);

    const show = (): void => app.shell.activateById(panel.id);
    app.commands.addCommand(CommandIDs.showClusters, {
      label: trans.__('Show clusters'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: show
    });
    addStartCommand({ app, model, trans }, () => {
      show();
      panel.openForm();
    });
    const own = Object.values(CommandIDs).filter(command => app.commands.hasCommand(command));
    for (const command of own)
      palette?.addItem({ command, category: paletteCategory, args: { isPalette: true } });
    const inMenu = [
      CommandIDs.connectNotebook,
      CommandIDs.interruptCluster,
      CommandIDs.restartCluster,
      CommandIDs.stopCluster
    ];
    inMenu.forEach((command, rank) =>
      app.contextMenu.addItem({
        command,
        selector: clusterSelector,
        rank,
        args: { isClicked: true }
      })
    );
    return model;
  }
};

/** The document in front is the notebook that a cluster is started for. */
function followPath({ shell }: JupyterFrontEnd, model: ClustersModel): void {
  shell.currentChanged?.connect((_, { newValue }) => {
    // The panel itself is no document: what was in front stays so.
    if (newValue) model.setPath(pathOf(newValue));
  });
  model.setPath(pathOf(shell.currentWidget));
}

function pathOf(widget: object | null): string | null {
  const context = widget && 'context' in widget ? widget.context : null;
  const path = typeof context === 'object' && context && 'path' in context ? context.path : null;
  return typeof path === 'string' ? path : null;
}

interface Preferences {
  /** What the form begins with. */
  choice: StartChoice;
  /** Whether a notebook gets a cluster without being asked. */
  isAutomatic: boolean;
}

/** What the settings say, now and after each change. */
function followSettings(settings: ISettingRegistry | null): Preferences {
  const preferences: Preferences = { choice: { ...plainChoice }, isAutomatic: false };
  const { choice } = preferences;
  void settings?.load(id).then(loaded => {
    const read = (): void => {
      const { engines, topology, backend, devices, autoStart } = loaded.composite;
      if (typeof engines === 'number') choice.engines = engines;
      if (typeof topology === 'string') choice.topology = topology;
      if (typeof backend === 'string') choice.backend = backend;
      if (typeof devices === 'string') choice.devices = devices;
      preferences.isAutomatic = autoStart === true;
    };
    loaded.changed.connect(read);
    read();
  });
  return preferences;
}
