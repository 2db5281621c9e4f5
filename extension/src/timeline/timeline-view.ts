/** What the engines of a cluster do at this moment: lanes over the last seconds, throughput, consensus beside theory. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';
import React from 'react';
import type { ListedCluster } from '../clusters/listed.js';
import type { ClustersModel } from '../clusters/model.js';
import type { EngineStats, StatsPush } from '../clusters/state.js';
import { themedClass } from '../renderer/theme.js';
import type { ViewSettings } from '../views/view-settings.js';
import { shortBytes, shortNumber } from '../graph/scene.js';
import { TimelineBar } from './bar.js';
import { ConsensusTrack, consensusPoint, rateOf, rateVariable, theoryOf } from './consensus.js';
import { Curve, type Line } from './curve.js';
import { History } from './history.js';
import { LaneView } from './lane-view.js';
import { lanesOf } from './lanes.js';
import { Summary } from './summary.js';

const cssClass = 'jp-DecentLabTimeline';
const seconds = 10;

export interface TimelineOptions {
  clusterId: string;
  model: ClustersModel;
  settings: ViewSettings;
  trans: TranslationBundle;
}

class Part extends ReactWidget {
  readonly #content: () => React.JSX.Element | null;

  constructor(name: string, content: () => React.JSX.Element | null) {
    super();
    this.addClass(`${cssClass}-${name}`);
    this.#content = content;
  }

  protected override render(): React.JSX.Element | null {
    return this.#content();
  }
}

export class TimelineView extends Panel {
  readonly #options: TimelineOptions;
  readonly #history = new History(seconds * 1000);
  readonly #track = new ConsensusTrack();
  readonly #bar: ReactWidget;
  readonly #lanes: LaneView;
  readonly #throughput: Curve;
  readonly #consensus: Curve;
  readonly #table: ReactWidget;
  #isTableOpen = false;
  #engines: EngineStats[] = [];
  #variable = 'x';
  #isPaused = false;
  #timer: number | undefined;

  constructor(options: TimelineOptions) {
    super();
    this.#options = options;
    const { trans, model, settings } = options;
    this.addClass(cssClass);
    this.addClass(themedClass);
    this.#bar = new Part('bar', () => this.#renderBar());
    this.#lanes = new LaneView(trans, seconds * 1000);
    this.#throughput = new Curve({
      ...{ title: trans.__('Throughput'), xName: trans.__('seconds'), isLogarithmic: false },
      xRange: [-seconds, 0],
      lines: [{ name: trans.__('received a second'), variable: '--jp-brand-color1' }],
      ...{ format: shortBytes, trans }
    });
    this.#consensus = new Curve({
      ...{ title: trans.__('Consensus distance'), xName: trans.__('rounds'), isLogarithmic: true },
      ...{ lines: this.#consensusLines(null), format: shortNumber, trans }
    });
    this.#table = new Part('table', () => this.#renderTable());
    const curves = new Panel();
    curves.addClass(`${cssClass}-curves`);
    curves.addWidget(this.#throughput);
    curves.addWidget(this.#consensus);
    for (const part of [this.#bar, this.#lanes, curves, this.#table]) this.addWidget(part);
    model.changed.connect(this.#onChanged, this);
    model.stats.connect(this.#onStats, this);
    settings.changed.connect(this.#follow, this);
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
    this.#follow();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#follow();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.#watch(false);
  }

  readonly #onVisibility = (): void => this.#follow();

  #follow(): void {
    this.#watch(this.isVisible && !document.hidden);
  }

  /** Engines measure, and pictures are drawn, only while somebody looks and has not paused. */
  #watch(isSeen: boolean): void {
    const { model, clusterId, settings } = this.#options;
    const isOn = isSeen && !this.#isPaused;
    model.show(this, isSeen);
    const variables = [this.#variable];
    model.watch(this, isOn ? { id: clusterId, variables, isTimed: true } : null);
    clearInterval(this.#timer);
    if (isOn) this.#timer = window.setInterval(() => this.#draw(), settings.interval);
  }

  get #cluster(): ListedCluster | undefined {
    const { model, clusterId } = this.#options;
    return model.clusters.find(({ id }) => id === clusterId);
  }

  #onChanged(): void {
    this.#bar.update();
  }

  #onStats(_: ClustersModel, { id, engines }: StatsPush): void {
    if (id !== this.#options.clusterId || this.#isPaused) return;
    this.#history.add(engines, performance.now());
    this.#engines = engines;
    const point = consensusPoint(engines, this.#variable);
    const isIdle = this.#cluster?.engines.every(({ state }) => state === 'idle') ?? true;
    if (point) this.#track.add(point, isIdle);
  }

  #draw(): void {
    const edge = this.#history.edge(performance.now());
    if (edge === undefined) return this.#bar.update();
    this.#lanes.draw(this.#history.ranks, edge);
    this.#drawThroughput(edge);
    this.#drawConsensus();
    this.#bar.update();
    if (this.#isTableOpen) this.#table.update();
  }

  #drawThroughput(edge: number): void {
    const { trans } = this.#options;
    const { rates } = this.#history;
    const title = trans.__('Throughput: %1 a second', shortBytes(rates.at(-1)?.bytes ?? 0));
    const data = [
      rates.map(({ at }) => (at - edge) / 1000),
      rates.map(({ bytes }) => bytes)
    ] as const;
    this.#throughput.draw([...data], title);
  }

  #drawConsensus(): void {
    const { trans } = this.#options;
    const { points } = this.#track;
    const rate = rateOf(this.#engines);
    const newest = points.at(-1);
    const title = newest
      ? trans.__('Consensus distance of %1: %2', this.#variable, shortNumber(newest.distance))
      : trans.__('Consensus distance of %1: no rank has it', this.#variable);
    const data = [points.map(({ k }) => k), points.map(({ distance }) => distance)] as const;
    const lines = this.#consensusLines(rate);
    this.#consensus.draw(rate ? [...data, theoryOf(points, rate.rate)] : [...data], title, lines);
  }

  #consensusLines(rate: { isGiven: boolean } | null): Line[] {
    const { trans } = this.#options;
    const measured = { name: trans.__('measured'), variable: '--jp-brand-color1' };
    if (!rate) return [measured];
    const name = rate.isGiven ? trans.__('theory, %1^k', rateVariable) : trans.__('theory, ρ^2k');
    return [measured, { name, variable: '--jp-ui-font-color2', isDashed: true }];
  }

  #renderBar(): React.JSX.Element | null {
    const { trans, clusterId } = this.#options;
    if (!this.#cluster)
      return React.createElement('p', null, trans.__('Cluster %1 is not running.', clusterId));
    const variables = this.#engines.flatMap(engine => engine.variables.map(({ name }) => name));
    return React.createElement(TimelineBar, {
      ...{ isPaused: this.#isPaused, onPause: () => this.#pause() },
      lanes: lanesOf(this.#history.ranks),
      variables: [...new Set(variables)].sort(),
      variable: this.#variable,
      onVariable: name => this.#choose(name),
      trans
    });
  }

  #renderTable(): React.JSX.Element {
    const engines = this.#cluster?.engines ?? [];
    const { trans } = this.#options;
    return React.createElement(Summary, {
      ...{ history: this.#history, engines, seconds, trans },
      isOpen: this.#isTableOpen,
      onToggle: isOpen => {
        this.#isTableOpen = isOpen;
        this.#table.update();
      }
    });
  }

  #pause(): void {
    this.#isPaused = !this.#isPaused;
    this.#follow();
    this.#bar.update();
  }

  #choose(name: string): void {
    this.#variable = name;
    this.#track.clear();
    this.#follow();
    this.#bar.update();
  }
}
