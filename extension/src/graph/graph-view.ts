/** The live view of one cluster: the graph, the inspector of the chosen engine, and W. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';
import type { ClustersModel } from '../clusters/model.js';
import type { EngineStats, StatsPush } from '../clusters/state.js';
import { Inspector } from './inspector.js';
import { Matrix } from './matrix.js';
import { PickBar } from './pick-bar.js';
import { GraphPicture } from './picture.js';
import {
  arrivalsOf,
  edgesOf,
  flowsBetween,
  fractionsOf,
  matrixOf,
  shortBytes,
  shortNumber,
  valueOf,
  type Pick
} from './scene.js';

const cssClass = 'jp-DecentLabGraph';

export interface GraphOptions {
  clusterId: string;
  model: ClustersModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** The tables beside the picture. */
class Side extends ReactWidget {
  readonly #content: () => React.JSX.Element;

  constructor(content: () => React.JSX.Element) {
    super();
    this.#content = content;
  }

  protected override render(): React.JSX.Element {
    return this.#content();
  }
}

export class GraphView extends Panel {
  readonly #options: GraphOptions;
  readonly #picture: GraphPicture;
  readonly #bar: PickBar;
  readonly #side: ReactWidget;
  readonly #gone = new Widget();
  #stats = new Map<number, EngineStats>();
  #arrivals: ReadonlyMap<string, number> = new Map();
  #selected = 0;
  #marked = '';
  #pick: Pick = { kind: 'none' };
  #isChosen = false;

  constructor(options: GraphOptions) {
    super();
    this.#options = options;
    const { model, trans, clusterId } = options;
    this.addClass(cssClass);
    this.#picture = new GraphPicture(trans, rank => this.#select(rank));
    this.#bar = new PickBar(trans, pick => this.#choose(pick));
    this.#side = new Side(() => this.#renderSide());
    this.#side.addClass(`${cssClass}-side`);
    this.#gone.addClass(`${cssClass}-gone`);
    this.#gone.node.textContent = trans.__('Cluster %1 is not running.', clusterId);
    this.#gone.hide();
    for (const part of [this.#bar, this.#picture, this.#side, this.#gone]) this.addWidget(part);
    model.changed.connect(this.#draw, this);
    model.stats.connect(this.#onStats, this);
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

  #onStats(_: ClustersModel, { id, engines }: StatsPush): void {
    if (id !== this.#options.clusterId) return;
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

  #draw(): void {
    const { model, clusterId } = this.#options;
    const cluster = model.clusters.find(({ id }) => id === clusterId);
    this.#gone.setHidden(cluster !== undefined);
    for (const part of [this.#picture, this.#side]) part.setHidden(cluster === undefined);
    if (!cluster) return;
    const told = [...this.#stats.values()];
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
    this.#picture.draw(nodes, edgesOf(told));
    this.#side.update();
  }

  #inWords(value: number): string {
    return this.#pick.kind === 'memory' ? shortBytes(value) : shortNumber(value);
  }

  #renderSide(): React.JSX.Element {
    const { model, clusterId, commands, trans } = this.#options;
    const cluster = model.clusters.find(({ id }) => id === clusterId);
    const engine = cluster?.engines[this.#selected];
    if (!cluster || !engine) return React.createElement(React.Fragment);
    const told = [...this.#stats.values()];
    const stats = this.#stats.get(this.#selected);
    return React.createElement(
      React.Fragment,
      null,
      React.createElement(Inspector, { clusterId, engine, stats, commands, trans }),
      React.createElement(Matrix, {
        rows: matrixOf(told, cluster.size),
        rho: told.find(({ rho }) => rho !== undefined)?.rho ?? null,
        trans,
        marked: this.#marked,
        onMark: key => this.#mark(key)
      })
    );
  }
}
