/** For those whose settings say so: a notebook that comes to the front without a cluster gets one, once a page. */
import type { CommandRegistry } from '@lumino/commands';
import { CommandIDs } from '../commands.js';
import type { ClustersModel } from './model.js';
import type { StartChoice } from './start-form.js';

export interface AutoStart {
  model: ClustersModel;
  commands: CommandRegistry;
  /** How clusters start; null while nobody wants them to start by themselves. */
  wanted(): StartChoice | null;
}

/** Watches which notebook is in front. One whose cluster was stopped gets no other. */
export function startByItself({ model, commands, wanted }: AutoStart): void {
  const seen = new Set<string>();
  model.changed.connect(() => {
    const [choice, { notebook }] = [wanted(), model];
    if (!choice || notebook === null || seen.has(notebook) || !model.isHeard(notebook)) return;
    seen.add(notebook);
    if (!model.clusterOf(notebook)) void commands.execute(CommandIDs.startCluster, { ...choice });
  });
}
