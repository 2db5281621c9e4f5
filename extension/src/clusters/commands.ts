/** The commands on clusters: one truth for buttons, palette and context menu. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs } from '../commands.js';
import type { ListedCluster } from './listed.js';
import type { ClustersModel } from './model.js';

export interface CommandContext {
  app: JupyterFrontEnd;
  model: ClustersModel;
  trans: TranslationBundle;
}

const argumentsSchema = {
  type: 'object',
  properties: {
    clusterId: {
      type: 'string',
      description: 'Defaults to the one of the notebook, or the only one'
    },
    rank: { type: 'number', description: 'The engine; defaults to the first that is lost, or 0' },
    from: { type: 'number', description: 'One end of a link' },
    to: { type: 'number', description: 'The other end' },
    isClicked: { type: 'boolean', description: 'From a menu: the cluster is the one clicked' }
  }
} as const;

type Arguments = ReadonlyPartialJSONObject;
type Act = (cluster: ListedCluster, args: Arguments) => unknown;

/** Adds the commands. Each takes `clusterId`; without it the notebook's, or the only one is meant. */
export function addClusterCommands(context: CommandContext): void {
  const { app, model, trans } = context;
  const add = (id: string, label: string, act: Act): void => {
    app.commands.addCommand(id, {
      label,
      caption: args => (targetOf(context, args) ? '' : whyNone(model, trans)),
      describedBy: { args: argumentsSchema },
      isEnabled: args => targetOf(context, args) !== undefined,
      execute: async args => {
        const cluster = targetOf(context, args);
        if (cluster) await said(() => act(cluster, args), trans);
      }
    });
  };
  add(CommandIDs.interruptCluster, trans.__('Interrupt cluster'), ({ id }) =>
    model.ask({ action: 'interrupt', id })
  );
  add(CommandIDs.stopCluster, trans.__('Stop cluster'), async ({ id }) => {
    const title = trans.__('Stop cluster %1?', id);
    if (await isWanted(title, trans.__('Stop it'), trans)) await model.ask({ action: 'stop', id });
  });
  add(CommandIDs.restartCluster, trans.__('Restart cluster'), async ({ id }) => {
    const title = trans.__('Restart all engines of cluster %1?', id);
    if (await isWanted(title, trans.__('Restart'), trans))
      await model.ask({ action: 'restart', id });
  });
  add(CommandIDs.restartEngine, trans.__('Restart engine'), (cluster, args) =>
    model.ask({ action: 'restart', id: cluster.id, rank: rankOf(cluster, args) })
  );
  add(CommandIDs.stopEngine, trans.__('Stop engine'), async (cluster, args) => {
    const rank = rankOf(cluster, args);
    const title = trans.__('Stop engine %1 of cluster %2?', rank, cluster.id);
    if (await isWanted(title, trans.__('Stop it'), trans))
      await model.ask({ action: 'kill', id: cluster.id, rank });
  });
  add(CommandIDs.showLog, trans.__('Log of engine'), async (cluster, args) => {
    const { showLog } = await import('./log.js');
    await showLog({ app, model, trans }, cluster.id, rankOf(cluster, args));
  });
  add(CommandIDs.cutLink, trans.__('Cut link'), async ({ id }, args) => {
    const link = linkOf(args) ?? (await askLink(trans));
    if (link) await model.ask({ action: 'cut', id, ...link });
  });
  addNotebookCommand(context);
}

type Link = { from: number; to: number };

function linkOf({ from, to }: Arguments): Link | null {
  return typeof from === 'number' && typeof to === 'number' ? { from, to } : null;
}

/** From the palette nobody has pointed at a link. Null if the reader has thought better of it. */
async function askLink(trans: TranslationBundle): Promise<Link | null> {
  const { value, button } = await InputDialog.getText({
    title: trans.__('Cut which link?'),
    label: trans.__('Two engines, such as 0-1'),
    okLabel: trans.__('Cut link'),
    cancelLabel: trans.__('Keep it'),
    pattern: '\\s*\\d+\\D+\\d+\\s*'
  });
  const [from, to] = (value?.match(/\d+/g) ?? []).map(Number);
  return button.accept && from !== undefined && to !== undefined ? { from, to } : null;
}

function addNotebookCommand(context: CommandContext): void {
  const { app, model, trans } = context;
  app.commands.addCommand(CommandIDs.connectNotebook, {
    label: trans.__('Use cluster in this notebook'),
    caption: args => {
      if (model.notebook === null) return trans.__('No notebook of DecentLab is in front');
      return targetOf(context, args)
        ? trans.__('The %%%%px cells of the notebook in front run on this cluster from now on')
        : whyNone(model, trans);
    },
    describedBy: { args: argumentsSchema },
    isEnabled: args => model.notebook !== null && targetOf(context, args) !== undefined,
    execute: async args => {
      const cluster = targetOf(context, args);
      if (cluster) await said(() => model.connectNotebook(cluster.id), trans);
    }
  });
}

/** The cluster that a command means, if it is clear which. Lab remembers a click for longer than its menu is open. */
function targetOf({ app, model }: CommandContext, args: Arguments): ListedCluster | undefined {
  const { clusters } = model;
  const clicked =
    args['isClicked'] === true
      ? app.contextMenuHitTest(node => node.dataset['clusterId'] !== undefined)
      : undefined;
  const id = args['clusterId'] ?? clicked?.dataset['clusterId'];
  if (id !== undefined) return clusters.find(cluster => cluster.id === id);
  return clusters.length === 1 ? clusters[0] : model.clusterOf(model.notebook);
}

function rankOf({ engines }: ListedCluster, { rank }: Arguments): number {
  const lost = engines.find(({ state }) => state === 'lost');
  return typeof rank === 'number' ? rank : (lost?.rank ?? 0);
}

/** Why it is not clear which cluster is meant. */
export function whyNone({ clusters }: ClustersModel, trans: TranslationBundle): string {
  return clusters.length === 0
    ? trans.__('There is no cluster')
    : trans.__('There are several clusters: choose one in the panel');
}

async function isWanted(title: string, accept: string, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title,
    body: trans.__('Their processes end, and the variables on them are gone.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it') }),
      Dialog.warnButton({ label: accept })
    ]
  });
  return button.accept;
}

/** What cannot be done is said. */
export async function said(act: () => unknown, trans: TranslationBundle): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { sayFault } = await import('./say-fault.js');
    sayFault(error, trans);
  }
}
