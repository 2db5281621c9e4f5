/** The state of a cluster in few words: a button in the toolbar of notebooks and in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import type { ListedCluster } from '../clusters/listed.js';
import type { ClustersModel } from '../clusters/model.js';
import { readyCount, stateShapes } from '../clusters/words.js';
import { CommandIDs } from '../commands.js';

export interface ChipOptions {
  model: ClustersModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** The clusters that the chip speaks of. */
  clusters(): readonly ListedCluster[];
}

export class ClusterChip extends ReactWidget {
  protected readonly options: ChipOptions;

  constructor(options: ChipOptions) {
    super();
    this.options = options;
    this.addClass('jp-DecentLabChip');
    options.model.changed.connect(this.#onChanged, this);
  }

  override dispose(): void {
    this.options.model.changed.disconnect(this.#onChanged, this);
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    const { commands, trans, clusters } = this.options;
    const known = clusters();
    const ready = known.reduce((sum, cluster) => sum + readyCount(cluster), 0);
    const size = known.reduce((sum, cluster) => sum + cluster.size, 0);
    const isThere = known.length > 0;
    const isBusy = known.some(({ engines }) => engines.some(({ state }) => state === 'busy'));
    const whole = isBusy ? stateShapes.busy : stateShapes.idle;
    const shape = !isThere ? '' : ready < size ? stateShapes.lost : whole;
    const text = isThere ? trans.__('%1/%2 engines', ready, size) : trans.__('No cluster');
    const command = isThere ? CommandIDs.showClusters : CommandIDs.startCluster;
    return (
      <button
        title={this.titleOf(known)}
        onPointerEnter={() => this.update()}
        onFocus={() => this.update()}
        onClick={() => void commands.execute(command)}
      >
        <span aria-hidden="true">{shape}</span> {text}
        {this.renderNote()}
      </button>
    );
  }

  /** What a press does. */
  protected titleOf(known: readonly ListedCluster[]): string {
    const { trans } = this.options;
    return known.length > 0 ? trans.__('Show clusters') : trans.__('Start a cluster');
  }

  /** What stands behind the engines. */
  protected renderNote(): React.JSX.Element | null {
    return null;
  }

  #onChanged(): void {
    this.update();
  }
}
