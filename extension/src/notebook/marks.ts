/** Marks on the cells of one notebook: which run on engines, and which are stale since the cluster was restarted. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ClustersModel } from '../clusters/model.js';
import { Freshness, isEngineCell, processesOf } from './freshness.js';
import type { CellLike, NotebookLike } from './notebook-like.js';

const badgeClass = 'jp-DecentLab-badge';

export class CellMarks implements IDisposable {
  readonly #notebook: NotebookLike;
  readonly #model: ClustersModel;
  readonly #trans: TranslationBundle;
  readonly #freshness = new Freshness();
  #frame = 0;
  #isDisposed = false;

  constructor(notebook: NotebookLike, model: ClustersModel, trans: TranslationBundle) {
    this.#notebook = notebook;
    this.#model = model;
    this.#trans = trans;
    notebook.content.modelContentChanged.connect(this.#soon, this);
    model.changed.connect(this.#soon, this);
    this.#soon();
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    cancelAnimationFrame(this.#frame);
    this.#model.changed.disconnect(this.#soon, this);
    for (const { node } of this.#notebook.content.widgets) badgeOf(node)?.remove();
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
    if (this.#isDisposed) return;
    const cells = this.#notebook.content.widgets.filter(
      ({ model }) => model.type === 'code' && isEngineCell(model.sharedModel.getSource())
    );
    const path = this.#notebook.sessionContext.path;
    const counts = new Map(cells.map(({ model }) => [model.id, model.executionCount ?? null]));
    const stale = this.#freshness.look(counts, processesOf(this.#model.clusterOf(path)));
    for (const cell of this.#notebook.content.widgets)
      this.#mark(cell, cells.includes(cell), stale.has(cell.model.id));
  }

  #mark({ node }: CellLike, isOnEngines: boolean, isStale: boolean): void {
    const known = badgeOf(node);
    if (!isOnEngines) return known?.remove();
    const badge = known ?? document.createElement('span');
    const text = isStale ? this.#trans.__('engines ⟳ stale') : this.#trans.__('engines');
    if (badge.textContent === text) return;
    badge.className = badgeClass;
    badge.classList.toggle('jp-mod-stale', isStale);
    badge.textContent = text;
    badge.title = isStale
      ? this.#trans.__('The engines were restarted since: run this cell again.')
      : this.#trans.__('This cell runs on the engines.');
    if (!known) node.append(badge);
  }
}

function badgeOf(node: HTMLElement): HTMLElement | null {
  return node.querySelector<HTMLElement>(`:scope > .${badgeClass}`);
}
