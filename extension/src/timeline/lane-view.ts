/** The lanes with what names a span: the pointer, or the arrow keys. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { detailWords } from '../clusters/details.js';
import type { OpenSpan, Stretch } from '../clusters/state.js';
import { shortBytes, shortNumber } from '../graph/scene.js';
import { watchTheme } from '../renderer/theme.js';
import { spansOf, stretchAt, type RankHistory } from './history.js';
import { laneWord, type LaneKind } from './lane-colours.js';
import {
  geometryOf,
  gutter,
  heightOf,
  laneTop,
  placeAt,
  resolutionOf,
  xOf,
  type Geometry
} from './lane-geometry.js';
import { LaneCanvas, lanesOf, type Mark } from './lanes.js';

const cssClass = 'jp-DecentLabTimeline';
/** Pixels beside a span that still mean it. */
const reach = 3;
const rightMargin = 20;

export class LaneView extends Widget {
  readonly #trans: TranslationBundle;
  readonly #span: number;
  readonly #canvas = new LaneCanvas();
  readonly #room = document.createElement('div');
  readonly #tip = document.createElement('div');
  readonly #resizes = new ResizeObserver(() => this.#resize());
  readonly #endThemeWatch: () => void;
  #histories: readonly RankHistory[] = [];
  #edge = 0;
  #geometry: Geometry | null = null;
  #mark: Mark | null = null;

  /** @param span ms that are shown */
  constructor(trans: TranslationBundle, span: number) {
    super();
    this.#trans = trans;
    this.#span = span;
    this.addClass(`${cssClass}-lanes`);
    this.node.tabIndex = 0;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute(
      'aria-label',
      trans.__('Lanes of the engines: arrow keys walk from span to span')
    );
    this.#room.className = `${cssClass}-room`;
    this.#tip.className = `${cssClass}-tip`;
    this.#tip.setAttribute('role', 'status');
    this.#tip.hidden = true;
    this.node.append(this.#room, this.#tip);
    this.#room.append(this.#canvas.node);
    this.node.addEventListener('pointermove', event => this.#onPointer(event));
    this.node.addEventListener('pointerleave', () => this.#choose(null));
    this.node.addEventListener('keydown', event => this.#onKey(event));
    this.node.addEventListener('scroll', () => this.#paint());
    this.#endThemeWatch = watchTheme(() => {
      this.#canvas.recolour();
      this.#paint();
    });
  }

  /** Shows these ranks up to a time. */
  draw(histories: readonly RankHistory[], edge: number): void {
    const isOther = histories.length !== this.#histories.length;
    this.#histories = histories;
    this.#edge = edge;
    if (isOther || lanesOf(histories).length !== this.#geometry?.lanes.length) this.#resize();
    else this.#paint();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#resizes.disconnect();
    this.#endThemeWatch();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#resizes.observe(this.node);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.node;
    if (width === 0 || height === 0) return;
    const lanes = lanesOf(this.#histories);
    const ranks = this.#histories.length;
    this.#geometry = geometryOf(lanes, {
      ...{ ranks, height, span: this.#span },
      width: width - rightMargin
    });
    this.#room.style.height = `${Math.max(height, heightOf(this.#geometry))}px`;
    this.#canvas.resize(width, height);
    this.#paint();
  }

  #paint(): void {
    if (!this.#geometry || !this.isVisible) return;
    this.#canvas.draw({
      ...{ histories: this.#histories, geometry: this.#geometry, edge: this.#edge },
      ...{ scrolled: this.node.scrollTop, mark: this.#mark }
    });
    if (this.#mark) this.#placeTip(this.#geometry, this.#mark);
  }

  #onPointer(event: PointerEvent): void {
    if (!this.#geometry) return;
    const { left, top } = this.node.getBoundingClientRect();
    const x = event.clientX - left;
    const y = event.clientY - top + this.node.scrollTop;
    const place = placeAt(this.#geometry, { x, y, edge: this.#edge });
    const history = place && this.#histories[place.row];
    if (!place || !history) return this.#choose(null);
    const { lane, time } = place;
    const near = reach * resolutionOf(this.#geometry);
    const found = stretchAt(history, lane, { time, reach: near });
    const open = history.open?.kind === lane && history.open.start - near <= time && history.open;
    this.#choose(found ?? (open || null), { history, lane });
  }

  #choose(span: Stretch | OpenSpan | null, place?: { history: RankHistory; lane: LaneKind }): void {
    const hadMark = this.#mark !== null;
    this.#tip.hidden = !span;
    this.#mark = null;
    if (span && place) {
      const { rank } = place.history;
      const end = 'end' in span ? span.end : Infinity;
      this.#mark = { rank, kind: place.lane, start: span.start, end };
      const words = this.#inWords(rank, span);
      if (this.#tip.textContent !== words) this.#tip.textContent = words;
    }
    if (this.#mark || hadMark) this.#paint();
  }

  #inWords(rank: number, span: Stretch | OpenSpan): string {
    const trans = this.#trans;
    const name = detailWords(span.name, trans);
    const what = trans.__('Engine %1, %2: %3', rank, laneWord(span.kind, trans), name);
    if (!('end' in span))
      return trans.__('%1, since %2 ms', what, shortNumber(this.#edge - span.start));
    const time = trans.__('%1 ms', shortNumber(span.end - span.start));
    const parts = [
      what,
      ...(span.count > 1 ? [trans.__('%1 times in', span.count)] : []),
      span.count > 1 ? trans.__('%1, of which %2 ms', time, shortNumber(span.busy)) : time,
      ...(span.peer === undefined ? [] : [trans.__('with engine %1', span.peer)]),
      ...(span.bytes === undefined ? [] : [shortBytes(span.bytes)])
    ];
    return parts.join(', ');
  }

  #placeTip(geometry: Geometry, { rank, kind, start }: Mark): void {
    const row = this.#histories.findIndex(history => history.rank === rank);
    const top = laneTop(geometry, row, geometry.lanes.indexOf(kind)) + geometry.laneHeight + 4;
    const left = Math.max(gutter, xOf(geometry, start, this.#edge));
    const most = this.node.clientWidth - this.#tip.offsetWidth - 8;
    const room = this.node.scrollTop + this.node.clientHeight - this.#tip.offsetHeight;
    const isBelow = top <= room;
    const above = top - 2 * geometry.laneHeight - this.#tip.offsetHeight;
    this.#tip.style.transform = `translate(${Math.min(left, most)}px, ${isBelow ? top : above}px)`;
  }

  /** Left and right walk through the spans of a lane, up and down through lanes. */
  #onKey(event: KeyboardEvent): void {
    const { key } = event;
    const steps: Record<string, [lane: number, span: number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1]
    };
    const step = steps[key];
    if (key === 'Escape') this.#choose(null);
    if (!step || !this.#geometry) return;
    event.preventDefault();
    const { lanes } = this.#geometry;
    const places = this.#histories.flatMap(history => lanes.map(lane => ({ history, lane })));
    const mark = this.#mark;
    const at = places.findIndex(
      ({ history, lane }) => history.rank === mark?.rank && lane === mark.kind
    );
    const filled = (place: (typeof places)[number] | undefined): (Stretch | OpenSpan)[] =>
      place ? spansOf(place.history, place.lane, this.#edge - this.#span) : [];
    // The first key begins at the newest span of the first lane that has one.
    const next = at < 0 ? 0 : at + step[0];
    const towards = step[0] < 0 ? -1 : 1;
    for (let k = next; k >= 0 && k < places.length; k += towards) {
      const place = places[k];
      const spans = filled(place);
      if (!place || spans.length === 0) continue;
      const known = spans.findIndex(({ start }) => start === mark?.start);
      const index = k === at && known >= 0 ? known + step[1] : spans.length - 1;
      return this.#choose(spans[Math.max(0, Math.min(spans.length - 1, index))] ?? null, place);
    }
  }
}
