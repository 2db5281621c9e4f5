/** The commands on clusters: one truth for buttons, palette and context menu. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs } from '../commands.js';
import type { ClustersModel, ListedCluster } from './model.js';

interface CommandContext {
  app: JupyterFrontEnd;
  model: ClustersModel;
  trans: TranslationBundle;
}

const argumentsSchema = {
  type: 'object',
  properties: {
    clusterId: { type: 'string', description: 'Defaults to the only cluster there is' },
    rank: { type: 'number', description: 'The engine; defaults to the first that is lost' }
  }
} as const;

/** Adds the commands. Each takes `clusterId`; without it the one clicked, or the only cluster there is. */
export function addClusterCommands(context: CommandContext): void {
  const { app, model, trans } = context;
  const add = (id: string, options: Omit<CommandRegistry.ICommandOptions, 'execute'>, act: Act) =>
    app.commands.addCommand(id, {
      ...options,
      describedBy: { args: argumentsSchema },
      isEnabled: args => targetOf(context, args) !== undefined,
      execute: async args => {
        const cluster = targetOf(context, args);
        if (cluster) await act(cluster, args);
      }
    });
  add(
    CommandIDs.interruptCluster,
    { label: trans.__('Interrupt cluster'), caption: captionOf(context) },
    ({ id }) => model.send({ action: 'interrupt', id })
  );
  add(
    CommandIDs.stopCluster,
    { label: trans.__('Stop cluster'), caption: captionOf(context) },
    async ({ id }) => {
      if (await isStopWanted(id, trans)) model.send({ action: 'stop', id });
    }
  );
  add(
    CommandIDs.restartEngine,
    { label: trans.__('Restart engine'), caption: captionOf(context) },
    ({ id, engines }, args) => {
      const lost = engines.find(({ state }) => state === 'lost');
      const rank = typeof args['rank'] === 'number' ? args['rank'] : (lost?.rank ?? 0);
      model.send({ action: 'restart', id, rank });
    }
  );
}

type Act = (cluster: ListedCluster, args: ReadonlyPartialJSONObject) => void | Promise<void>;

/** The cluster that a command means, if it is clear which. */
function targetOf(
  { app, model }: CommandContext,
  args: ReadonlyPartialJSONObject
): ListedCluster | undefined {
  const clicked = app.contextMenuHitTest(node => node.dataset['clusterId'] !== undefined);
  const id = args['clusterId'] ?? clicked?.dataset['clusterId'];
  const { clusters } = model;
  if (id === undefined) return clusters.length === 1 ? clusters[0] : undefined;
  return clusters.find(cluster => cluster.id === id);
}

/** Says why a command is disabled. */
function captionOf({ model, trans }: CommandContext): () => string {
  return () => {
    const count = model.clusters.length;
    if (count === 1) return '';
    return count === 0
      ? trans.__('There is no cluster')
      : trans.__('There are several clusters: choose one in the panel');
  };
}

async function isStopWanted(id: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Stop cluster %1?', id),
    body: trans.__('Its engines end, and the variables on them are gone.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: trans.__('Stop it') })
    ]
  });
  return button.accept;
}
