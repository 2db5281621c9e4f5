/** The panel: a list of clusters with their engines, the form that starts one, or one sentence and one button. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';
import { CommandIDs } from '../commands.js';
import { Blank, sentenceOf, type BlankKind } from './blank.js';
import { ClusterView, type ViewContext } from './cluster-view.js';
import type { ClustersModel, PanelState } from './model.js';
import { StartForm, type StartChoice } from './start-form.js';
import { announcements, readyOf } from './words.js';

const panelClass = 'jp-DecentLabClusters';

export interface PanelOptions {
  model: ClustersModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** What the form begins with. */
  defaults(): StartChoice;
}

export class ClustersPanel extends ReactWidget {
  readonly #model: ClustersModel;
  readonly #context: ViewContext;
  readonly #defaults: () => StartChoice;
  #shown: ClustersModel['clusters'] = [];
  #announcement = '';
  #kind: PanelState['kind'] = 'connecting';
  #isFormOpen = false;

  constructor({ model, commands, trans, defaults }: PanelOptions) {
    super();
    this.#model = model;
    this.#context = { commands, trans };
    this.#defaults = defaults;
    this.addClass(panelClass);
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('DecentLab clusters'));
    model.changed.connect(this.#onChanged, this);
  }

  /** Opens the form, which takes the focus; or closes it, and the focus stays in the panel. */
  openForm(isOpen = true): void {
    this.#isFormOpen = isOpen;
    if (!isOpen) this.node.focus();
    this.update();
  }

  /** Whoever comes by keyboard goes on with the first control. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (!this.node.contains(document.activeElement)) this.node.focus();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#model.show(this, true);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.#model.show(this, false);
  }

  protected override render(): React.JSX.Element {
    const { trans } = this.#context;
    return (
      <>
        <div className={`${panelClass}-head`}>
          <h2>{trans.__('DecentLab clusters')}</h2>
          {this.#model.clusters.length > 0 && !this.#isFormOpen && (
            <button
              className={`${panelClass}-action`}
              aria-label={trans.__('New cluster')}
              title={trans.__('New cluster')}
              onClick={() => this.openForm()}
            >
              <addIcon.react tag="span" />
            </button>
          )}
        </div>
        {this.#start()}
        {this.#body()}
        <div aria-live="polite" role="status" className="jp-DecentLab-spoken">
          {this.#announcement}
        </div>
      </>
    );
  }

  #onChanged(): void {
    const { clusters, state } = this.#model;
    const { trans } = this.#context;
    const news = announcements(this.#shown, clusters, trans);
    if (state.kind !== this.#kind && isTrouble(state.kind))
      news.push(sentenceOf(state.kind, trans));
    if (news.length > 0) this.#announcement = news.join(' ');
    this.#shown = clusters;
    this.#kind = state.kind;
    this.update();
  }

  #start(): React.JSX.Element | null {
    const { trans, commands } = this.#context;
    const { starting } = this.#model;
    if (starting) {
      const text = readyOf(starting.ready, starting.size, trans);
      return (
        <p>
          <progress max={starting.size} value={starting.ready} aria-label={text} /> {text}
        </p>
      );
    }
    if (!this.#isFormOpen) return null;
    return (
      <StartForm
        trans={trans}
        defaults={this.#defaults()}
        offers={() => this.#model.offers()}
        onCancel={() => this.openForm(false)}
        onStart={choice => {
          this.openForm(false);
          void commands.execute(CommandIDs.startCluster, { ...choice });
        }}
      />
    );
  }

  #body(): React.JSX.Element | null {
    const { state, notebook, starting } = this.#model;
    if (state.kind === 'clusters')
      return (
        <ul className={`${panelClass}-list`}>
          {state.clusters.map(cluster => (
            <ClusterView
              key={cluster.id}
              cluster={cluster}
              notebook={notebook}
              context={this.#context}
            />
          ))}
        </ul>
      );
    if (starting || (this.#isFormOpen && state.kind === 'no-cluster')) return null;
    return (
      <Blank
        kind={state.kind}
        trans={this.#context.trans}
        onStart={() => this.openForm()}
        onReconnect={() => void this.#model.reconnect()}
      />
    );
  }
}

/** States that come unasked for; that a cluster ended is told already. */
function isTrouble(kind: PanelState['kind']): kind is BlankKind {
  return !['connecting', 'no-cluster', 'clusters'].includes(kind);
}
