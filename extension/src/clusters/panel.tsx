/** The panel: a list of clusters with their engines, or one sentence and one button. */
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';
import { CommandIDs } from '../commands.js';
import { ClusterView, type ViewContext } from './cluster-view.js';
import type { ClustersModel, PanelState } from './model.js';
import { announcements } from './words.js';

const panelClass = 'jp-DecentLabClusters';
const startLine = 'const cluster = await Cluster.start({ engines: 4 });';

export interface PanelOptions {
  model: ClustersModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

export class ClustersPanel extends ReactWidget {
  readonly #model: ClustersModel;
  readonly #context: ViewContext;
  #shown: ClustersModel['clusters'] = [];
  #announcement = '';

  constructor({ model, commands, trans }: PanelOptions) {
    super();
    this.#model = model;
    this.#context = { commands, trans };
    this.addClass(panelClass);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('DecentLab clusters'));
    model.changed.connect(this.#onChanged, this);
  }

  protected override render(): React.JSX.Element {
    return (
      <>
        <h2>{this.#context.trans.__('DecentLab clusters')}</h2>
        {this.#body(this.#model.state)}
        <div aria-live="polite" role="status" className={`${panelClass}-news`}>
          {this.#announcement}
        </div>
      </>
    );
  }

  #onChanged(): void {
    const { clusters } = this.#model;
    const news = announcements(this.#shown, clusters, this.#context.trans);
    if (news.length > 0) this.#announcement = news.join(' ');
    this.#shown = clusters;
    this.update();
  }

  #body(state: PanelState): React.JSX.Element {
    if (state.kind !== 'clusters') return this.#blank(state.kind);
    return (
      <ul className={`${panelClass}-list`}>
        {state.clusters.map(cluster => (
          <ClusterView key={cluster.id} cluster={cluster} context={this.#context} />
        ))}
      </ul>
    );
  }

  #blank(kind: Exclude<PanelState['kind'], 'clusters'>): React.JSX.Element {
    const { sentence, button, act } = this.#blankOf(kind);
    return (
      <div className={`${panelClass}-blank`}>
        <p>{sentence}</p>
        {kind === 'no-cluster' && <code>{startLine}</code>}
        <button className="jp-mod-styled jp-mod-accept" onClick={act}>
          {button}
        </button>
      </div>
    );
  }

  #blankOf(kind: Exclude<PanelState['kind'], 'clusters'>): Blank {
    const { commands, trans } = this.#context;
    const reconnect = (): void => void this.#model.reconnect();
    switch (kind) {
      case 'no-notebook':
        return {
          sentence: trans.__('No DecentLab notebook is running.'),
          button: trans.__('Open the course'),
          act: () => void commands.execute(CommandIDs.openCourse)
        };
      case 'connecting':
        return {
          sentence: trans.__('Connecting to the kernel of the notebook.'),
          button: trans.__('Look again'),
          act: reconnect
        };
      case 'closed':
        return {
          sentence: trans.__('The kernel closed the connection. Restarting the kernel mends it.'),
          button: trans.__('Connect again'),
          act: reconnect
        };
      case 'no-cluster':
        return {
          sentence: trans.__('No cluster yet. This line in a cell starts one:'),
          button: trans.__('Copy the line'),
          act: () => {
            Clipboard.copyToSystem(startLine);
            Notification.success(trans.__('Copied: paste it into a cell and run it.'));
          }
        };
    }
  }
}

interface Blank {
  sentence: string;
  button: string;
  act: () => void;
}
