/** The panel of clusters in the left area, and its commands. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs, messageTime, paletteCategory, translationDomain } from '../commands.js';
import { graphIcon } from '../icons.js';
import { addClusterCommands } from './commands.js';
import { ClustersModel } from './model.js';
import { ClustersPanel } from './panel.js';

const panelRank = 220;
const clusterSelector = '.jp-DecentLabClusters-cluster';

export const clustersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-decentlab:clusters',
  description: 'A panel that lists the clusters of running notebooks and their engines.',
  autoStart: true,
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load(translationDomain);
    const model = new ClustersModel(app.serviceManager);
    model.failed.connect(
      (_, sentence) => void Notification.error(sentence, { autoClose: messageTime })
    );
    addClusterCommands({ app, model, trans });
    model.changed.connect(() => app.commands.notifyCommandChanged());

    const panel = new ClustersPanel({ model, commands: app.commands, trans });
    panel.id = 'decentlab-clusters';
    panel.title.icon = graphIcon;
    panel.title.caption = trans.__('DecentLab clusters');
    app.shell.add(panel, 'left', { rank: panelRank });
    restorer?.add(panel, panel.id);

    app.commands.addCommand(CommandIDs.showClusters, {
      label: trans.__('Show clusters'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });
    for (const command of Object.values(CommandIDs)) {
      if (command === CommandIDs.openCourse) continue;
      palette?.addItem({ command, category: paletteCategory });
    }
    const inMenu = [CommandIDs.interruptCluster, CommandIDs.stopCluster];
    inMenu.forEach((command, rank) =>
      app.contextMenu.addItem({ command, selector: clusterSelector, rank })
    );
  }
};
