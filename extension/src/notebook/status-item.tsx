/** The cluster in the status bar, with what passes between its engines: `4/4 engines · 12 msg/s`. */
import type { Message } from '@lumino/messaging';
import React from 'react';
import type { ListedCluster } from '../clusters/listed.js';
import type { ClustersModel } from '../clusters/model.js';
import type { StatsPush } from '../clusters/state.js';
import { readySentence } from '../clusters/words.js';
import type { ViewSettings } from '../views/view-settings.js';
import { ClusterChip, type ChipOptions } from './chip.js';
import { longestRate, MessageRate, shortRate } from './message-rate.js';

const rateClass = 'jp-DecentLabChip-rate';
/** When nobody tells any more, that is seen too. */
const lookAgain = 3500;

export interface StatusOptions extends ChipOptions {
  settings: ViewSettings;
}

/**
 * Engines count for it only while it can be seen. Its number is no part of its name: a screen reader that stands on it
 * would say it anew several times a second. The title has it, as of when the reader came.
 */
export class StatusItem extends ClusterChip {
  readonly #settings: ViewSettings;
  #counted: string | null = null;
  #rate = new MessageRate();
  #timer: number | undefined;
  #drawnAt = 0;

  constructor(options: StatusOptions) {
    super(options);
    this.#settings = options.settings;
    this.addClass('jp-mod-statusBar');
    options.model.changed.connect(this.#follow, this);
    options.model.stats.connect(this.#onStats, this);
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.options.model.watch(this, null);
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#follow();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#follow();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.#follow();
  }

  protected override titleOf(known: readonly ListedCluster[]): string {
    const { trans } = this.options;
    const [cluster] = known;
    const rate = this.#rate.at(performance.now());
    if (!cluster || known.length > 1 || rate === null) return super.titleOf(known);
    return trans.__(
      'Cluster %1: %2, %3 messages a second. Show clusters',
      cluster.id,
      readySentence(cluster, trans),
      shortRate(rate)
    );
  }

  /** The longest text keeps the place, so that the row does not move with the number. */
  protected override renderNote(): React.JSX.Element | null {
    const { trans } = this.options;
    if (this.#counted === null) return null;
    const rate = this.#rate.at(performance.now());
    const words = (text: string): string => trans.__('%1 msg/s', text);
    return (
      <span className={rateClass} aria-hidden="true">
        {' · '}
        <span data-longest={words(longestRate)}>
          {words(rate === null ? '–' : shortRate(rate))}
        </span>
      </span>
    );
  }

  readonly #onVisibility = (): void => this.#follow();

  /** The one cluster that the item speaks of, while it is seen. */
  #follow(): void {
    const { model, clusters } = this.options;
    const known = clusters();
    const isSeen = this.isVisible && !document.hidden;
    const id = isSeen && known.length === 1 ? (known[0]?.id ?? null) : null;
    if (id === this.#counted) return;
    this.#counted = id;
    this.#rate = new MessageRate();
    model.watch(this, id === null ? null : { id, variables: [], isTimed: false, isBrief: true });
    this.#draw();
  }

  #onStats(_: ClustersModel, { id, engines }: StatsPush): void {
    if (id !== this.#counted) return;
    this.#rate.add(engines, performance.now());
    this.#later(Math.max(0, this.#drawnAt + this.#settings.interval - performance.now()));
  }

  #later(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    this.#drawnAt = performance.now();
    this.update();
    clearTimeout(this.#timer);
    if (this.#counted !== null) this.#later(lookAgain);
  }
}
