/** The live view of one cluster: the graph, the inspector of the chosen engine, and W. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';
import type { ListedCluster } from '../clusters/listed.js';
import type { ClustersModel } from '../clusters/model.js';
import type { EngineStats, PackedTopology, StatsPush } from '../clusters/state.js';
import { themedClass } from '../renderer/theme.js';
import type { ViewSettings } from '../views/view-settings.js';
import { WEditor } from './editor.js';
import { PickBar } from './pick-bar.js';
import { GraphPicture } from './picture.js';
import { Side } from './side.js';
import {
  arrivalsOf,
  edgesOf,
  flowsBetween,
  fractionsOf,
  shortBytes,
  shortNumber,
  valueOf,
  type Pick,
  type RankRow
} from './scene.js';

const cssClass = 'jp-DecentLabGraph';
/** Pixels of width that picture and tables need to stand side by side. */
const leastForTwo = 620;
/** Kernels tell every 250 ms; what comes a little early is no fifth picture. */
const tolerance = 60;

export interface GraphOptions {
  clusterId: string;
  model: ClustersModel;
  settings: ViewSettings;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** Holds the tables beside the picture. */
class SideWidget extends ReactWidget {
  readonly #content: () => React.JSX.Element | null;

  constructor(content: () => React.JSX.Element | null) {
    super();
    this.#content = content;
  }

  protected override render(): React.JSX.Element | null {
    return this.#content();
  }
}

export class GraphView extends Panel {
  readonly #options: GraphOptions;
  readonly #picture: GraphPicture;
  readonly #bar: PickBar;
  readonly #editor: WEditor;
  readonly #side: ReactWidget;
  readonly #gone = new Widget();
  #stats = new Map<number, EngineStats>();
  #arrivals: ReadonlyMap<string, number> = new Map();
  #selected = 0;
  #marked = '';
  #pick: Pick = { kind: 'none' };
  #isChosen = false;
  #drawnAt = -Infinity;
  #gradient: string | null = null;

  constructor(options: GraphOptions) {
    super();
    this.#options = options;
    const { model, settings, trans, clusterId } = options;
    this.addClass(cssClass);
    this.addClass(themedClass);
    this.#editor = new WEditor({ clusterId, model, trans, current: () => this.#current() });
    this.#picture = new GraphPicture(trans, {
      onSelect: rank => this.#select(rank),
      onMark: key => this.#mark(key),
      onLink: (from, to) => this.#editor.link(from, to)
    });
    this.#bar = new PickBar(trans, {
      onPick: pick => this.#choose(pick),
      onEdit: () => this.#editor.toggle(this.#cluster?.size ?? 0, edgesOf(this.#told))
    });
    this.#side = new SideWidget(() => this.#renderSide());
    this.#side.addClass(`${cssClass}-side`);
    this.#gone.addClass(`${cssClass}-gone`);
    this.#gone.node.textContent = trans.__('Cluster %1 is not running.', clusterId);
    this.#gone.hide();
    for (const part of [this.#bar, this.#picture, this.#side, this.#gone]) this.addWidget(part);
    this.#editor.changed.connect(this.#onEdited, this);
    model.changed.connect(this.#draw, this);
    model.stats.connect(this.#onStats, this);
    settings.changed.connect(this.#onSettings, this);
    this.#onSettings();
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#watch(false);
    super.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#watch(true);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#watch(this.isVisible);
  }

  /** Beside a notebook there is no room for two columns: the tables stand below the picture. */
  protected override onResize(message: Widget.ResizeMessage): void {
    super.onResize(message);
    const width = message.width < 0 ? this.node.clientWidth : message.width;
    this.toggleClass('jp-mod-narrow', width < leastForTwo);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.#watch(false);
  }

  readonly #onVisibility = (): void => this.#watch(this.isVisible && !document.hidden);

  #watch(isOn: boolean): void {
    const { model, clusterId } = this.#options;
    this.#picture.edges.show(isOn);
    model.show(this, isOn);
    const variables = 'variable' in this.#pick ? [this.#pick.variable] : [];
    model.watch(this, isOn ? { id: clusterId, variables, isTimed: false } : null);
    this.#draw();
  }

  #choose(pick: Pick): void {
    this.#pick = pick;
    this.#isChosen = true;
    this.#watch(this.isVisible);
  }

  #select(rank: number): void {
    this.#selected = rank;
    this.#picture.select(rank);
    this.#side.update();
  }

  #mark(key: string): void {
    if (key === this.#marked) return;
    this.#marked = key;
    this.#picture.edges.mark(key);
    this.#side.update();
  }

  #onSettings(): void {
    this.#picture.edges.frameTime = this.#options.settings.frameTime;
  }

  #onStats(_: ClustersModel, { id, engines }: StatsPush): void {
    const { clusterId, settings } = this.#options;
    const now = performance.now();
    // What is told to others while this is hidden has no variables.
    if (!this.isVisible) return;
    // What is left out now is told again, and bytes add up.
    if (id !== clusterId || now - this.#drawnAt < settings.interval - tolerance) return;
    this.#drawnAt = now;
    this.#stats = new Map(engines.map(stats => [stats.rank, stats]));
    const arrivals = arrivalsOf(engines);
    this.#picture.edges.pulse(flowsBetween(this.#arrivals, arrivals).keys());
    this.#arrivals = arrivals;
    this.#bar.offer(engines);
    // x is what most lessons average: it is shown until something else is chosen.
    const hasX = engines.some(({ variables }) => variables.some(({ name }) => name === 'x'));
    if (hasX && !this.#isChosen) this.#choose(this.#bar.choose('distance:x'));
    this.#draw();
  }

  #onEdited(): void {
    const isEditing = this.#editor.draft !== null;
    this.#bar.setEditing(isEditing);
    this.#picture.isEditing = isEditing;
    this.#draw();
  }

  get #cluster(): ListedCluster | undefined {
    const { model, clusterId } = this.#options;
    return model.clusters.find(({ id }) => id === clusterId);
  }

  get #told(): EngineStats[] {
    return [...this.#stats.values()];
  }

  /** W as it is shown: what the engines tell, or what is drawn. */
  get #rows(): readonly RankRow[] {
    const { draft, drawn } = this.#editor;
    return draft && drawn ? drawn.topology.rows.map((row, rank) => ({ rank, ...row })) : this.#told;
  }

  /** W as the engines have it, to go back to. */
  #current(): PackedTopology | null {
    const told = this.#told.sort((a, b) => a.rank - b.rank);
    if (told.length !== this.#cluster?.size) return null;
    const rows = told.map(({ selfWeight, sources, weights }) => ({ selfWeight, sources, weights }));
    return { name: told[0]?.topology ?? '', rows };
  }

  #draw(): void {
    const cluster = this.#cluster;
    this.#gone.setHidden(cluster !== undefined);
    for (const part of [this.#picture, this.#side]) part.setHidden(cluster === undefined);
    if (!cluster) return;
    const values = cluster.engines.map(({ rank }) => {
      const stats = this.#stats.get(rank);
      return stats && valueOf(stats, this.#pick);
    });
    const fractions = fractionsOf(values);
    const nodes = cluster.engines.map(({ rank, state }, k) => {
      const value = values[k];
      const words = value === undefined ? '' : this.#inWords(value);
      return { rank, state, value: words, fraction: fractions[k] };
    });
    this.#picture.draw(nodes, edgesOf(this.#rows));
    this.#side.update();
  }

  #inWords(value: number): string {
    return this.#pick.kind === 'memory' ? shortBytes(value) : shortNumber(value);
  }

  #renderSide(): React.JSX.Element | null {
    const { commands, trans } = this.#options;
    const cluster = this.#cluster;
    if (!cluster) return null;
    return React.createElement(Side, {
      ...{ cluster, stats: this.#stats, rows: this.#rows, editor: this.#editor },
      ...{ selected: this.#selected, marked: this.#marked, gradient: this.#gradient },
      onMark: key => this.#mark(key),
      onGradient: name => {
        this.#gradient = name;
        this.#side.update();
      },
      ...{ commands, trans }
    });
  }
}
