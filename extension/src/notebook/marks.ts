/** Marks on the cells of one notebook: which run on engines, and which are stale since the cluster was restarted. */
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ClustersModel } from '../clusters/model.js';
import { Freshness, isEngineCell, keptFreshness, processesOf } from './freshness.js';
import type { CellLike, NotebookLike } from './notebook-like.js';

const badgeClass = 'jp-DecentLab-badge';

export interface MarksOptions {
  notebook: NotebookLike;
  model: ClustersModel;
  trans: TranslationBundle;
  /** Where it is kept on what cells ran, so that a page that is loaded anew knows; null keeps nothing. */
  state: IStateDB | null;
}

export class CellMarks implements IDisposable {
  readonly #options: MarksOptions;
  #freshness: Freshness | null = null;
  #saved = '';
  #frame = 0;
  #isDisposed = false;

  constructor(options: MarksOptions) {
    this.#options = options;
    options.notebook.content.modelContentChanged.connect(this.#soon, this);
    options.model.changed.connect(this.#soon, this);
    void this.#restore();
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    cancelAnimationFrame(this.#frame);
    const { model, notebook } = this.#options;
    model.changed.disconnect(this.#soon, this);
    for (const { node } of notebook.content.widgets) badgeOf(node)?.remove();
  }

  get #key(): string {
    return `jupyterlab-decentlab:freshness:${this.#options.notebook.sessionContext.path}`;
  }

  async #restore(): Promise<void> {
    const kept = await this.#options.state?.fetch(this.#key).catch(() => undefined);
    this.#freshness = new Freshness(keptFreshness(kept));
    this.#soon();
  }

  /** Many changes come at once, e.g. with every key that is pressed. */
  #soon(): void {
    if (this.#frame !== 0 || this.#isDisposed) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#look();
    });
  }

  #look(): void {
    const freshness = this.#freshness;
    if (this.#isDisposed || !freshness) return;
    const { notebook, model } = this.#options;
    const cells = notebook.content.widgets.filter(
      ({ model: cell }) => cell.type === 'code' && isEngineCell(cell.sharedModel.getSource())
    );
    const { path } = notebook.sessionContext;
    const counts = new Map(cells.map(({ model: cell }) => [cell.id, cell.executionCount ?? null]));
    const processes = model.isHeard(path) ? processesOf(model.clusterOf(path)) : undefined;
    const stale = freshness.look(counts, processes);
    for (const cell of notebook.content.widgets)
      this.#mark(cell, cells.includes(cell), stale.has(cell.model.id));
    this.#save(freshness);
  }

  #save({ kept }: Freshness): void {
    const text = JSON.stringify(kept);
    if (text === this.#saved) return;
    this.#saved = text;
    void this.#options.state?.save(this.#key, JSON.parse(text) as JSONObject);
  }

  #mark({ node }: CellLike, isOnEngines: boolean, isStale: boolean): void {
    const known = badgeOf(node);
    if (!isOnEngines) return known?.remove();
    const badge = known ?? document.createElement('span');
    const { trans } = this.#options;
    const text = isStale ? trans.__('engines ⟳ stale') : trans.__('engines');
    if (badge.textContent === text) return;
    badge.className = badgeClass;
    badge.classList.toggle('jp-mod-stale', isStale);
    badge.textContent = text;
    badge.title = isStale
      ? trans.__('The engines were restarted since: run this cell again.')
      : trans.__('This cell runs on the engines.');
    if (!known) node.append(badge);
  }
}

function badgeOf(node: HTMLElement): HTMLElement | null {
  return node.querySelector<HTMLElement>(`:scope > .${badgeClass}`);
}
