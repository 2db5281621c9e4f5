/** The picture of the graph: edges on a canvas, nodes as real buttons, so that keyboard and screen reader reach them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { EngineStateName } from '../clusters/state.js';
import { stateShapes, stateWord } from '../clusters/words.js';
import { themeValue, watchTheme } from '../renderer/theme.js';
import { freeLabels, layoutOf, type Point } from './layout.js';
import { LinkDrawing, watchEdges } from './pointing.js';
import { EdgeCanvas } from './pulses.js';
import type { Edge } from './scene.js';

const cssClass = 'jp-DecentLabGraph';
const margin = 34;
const largest = 40;
const smallest = 12;
const labelWidth = 76;
const labelHeight = 14;
const labelGap = 3;

export interface PictureOptions {
  onSelect(rank: number): void;
  /** The pointer is at an edge, `from-to`, or at none. */
  onMark?(key: string): void;
  /** A line was drawn from one node to another; see `isEditing`. */
  onLink?(from: number, to: number): void;
}

/** One node as it is drawn. */
export interface NodeView {
  rank: number;
  /** Of a live engine; a node of a saved run has none. */
  state?: EngineStateName;
  /** The picked value in words; empty without one. */
  value: string;
  /** Between the smallest and the largest value, 0 to 1. */
  fraction: number | undefined;
}

export class GraphPicture extends Widget {
  readonly edges = new EdgeCanvas();
  readonly #trans: TranslationBundle;
  readonly #onSelect: (rank: number) => void;
  readonly #field = document.createElement('div');
  readonly #resizes = new ResizeObserver(() => this.#place());
  readonly #endThemeWatch: () => void;
  #buttons: HTMLButtonElement[] = [];
  #unit: Point[] = [];
  #lines: readonly Edge[] = [];
  #shape = '';
  #selected = 0;
  #links: LinkDrawing | null = null;

  constructor(trans: TranslationBundle, { onSelect, onMark, onLink }: PictureOptions) {
    super();
    this.#trans = trans;
    this.#onSelect = onSelect;
    this.addClass(`${cssClass}-picture`);
    this.#field.className = `${cssClass}-field`;
    this.#field.setAttribute('role', 'group');
    this.#field.setAttribute('aria-label', trans.__('Engines and their links'));
    this.#field.append(this.edges.node);
    this.node.append(this.#field);
    this.#field.addEventListener('keydown', event => this.#onKey(event));
    const places = { field: this.#field, edges: this.edges, buttons: () => this.#buttons };
    if (onMark) watchEdges(places, onMark);
    if (onLink) this.#links = new LinkDrawing(places, onLink);
    this.#resizes.observe(this.node);
    this.#endThemeWatch = watchTheme(() => this.#colour());
    this.#colour();
  }

  /** Shows these nodes and edges; the layout is made anew only when the links have changed. */
  draw(nodes: readonly NodeView[], edges: readonly Edge[]): void {
    const shape = `${nodes.length}:${edges.map(({ from, to }) => `${from}-${to}`).join()}`;
    this.#lines = edges;
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#unit = layoutOf(nodes.length, edges);
      this.#makeButtons(nodes.length);
      this.#place();
    } else this.edges.set(this.#pixels(), edges);
    nodes.forEach((node, k) => this.#describe(this.#buttons[k], node));
  }

  /** Whether dragging from node to node draws a link. */
  set isEditing(isEditing: boolean) {
    this.#field.classList.toggle('jp-mod-editing', isEditing);
    if (this.#links) this.#links.isOn = isEditing;
  }

  /** Marks a node as the one that is looked at. */
  select(rank: number): void {
    this.#selected = rank;
    this.#buttons.forEach((button, k) => {
      button.tabIndex = k === rank ? 0 : -1;
      button.setAttribute('aria-pressed', String(k === rank));
    });
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#resizes.disconnect();
    this.#endThemeWatch();
    this.edges.dispose();
    super.dispose();
  }

  #makeButtons(count: number): void {
    for (const button of this.#buttons) button.remove();
    this.#buttons = Array.from({ length: count }, (_, rank) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = `${cssClass}-node`;
      button.append(document.createElement('span'), document.createElement('span'));
      button.addEventListener('click', () => this.#onSelect(rank));
      return button;
    });
    this.#field.append(...this.#buttons);
    this.select(Math.min(this.#selected, count - 1));
  }

  #describe(button: HTMLButtonElement | undefined, node: NodeView): void {
    if (!button) return;
    const { rank, state, value, fraction } = node;
    const words = state
      ? [this.#trans.__('Engine %1', rank), stateWord(state, this.#trans), value]
      : [this.#trans.__('Node %1', rank), value];
    const label = words.filter(word => word !== '').join(', ');
    if (button.getAttribute('aria-label') !== label) {
      button.setAttribute('aria-label', label);
      button.title = label;
    }
    button.dataset['state'] = state ?? '';
    button.style.setProperty('--fraction', `${Math.round((fraction ?? 0) * 100)}%`);
    const [inner, outer] = button.children;
    const mark = state === 'lost' || state === 'waiting' ? ` ${stateShapes[state]}` : '';
    if (inner) inner.textContent = `${rank}${mark}`;
    if (outer) outer.textContent = value;
  }

  #pixels(): Point[] {
    const { clientWidth: width, clientHeight: height } = this.node;
    const side = Math.max(0, Math.min(width, height) - 2 * margin);
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    return this.#unit.map(({ x, y }) => ({ x: left + x * side, y: top + y * side }));
  }

  #place(): void {
    const { clientWidth: width, clientHeight: height } = this.node;
    if (width === 0 || height === 0) return;
    this.edges.resize(width, height);
    const points = this.#pixels();
    const room = Math.sqrt((width * height) / Math.max(1, points.length));
    const size = Math.round(Math.max(smallest, Math.min(largest, room * 0.4)));
    const small = size < 22;
    this.#field.classList.toggle('jp-mod-small', small);
    const labels = points.map(({ x, y }) => ({
      ...{ x, y: y + size / 2 + labelHeight / 2 + labelGap },
      ...{ width: small ? 24 : labelWidth, height: labelHeight }
    }));
    const isFree = freeLabels(labels);
    this.#buttons.forEach((button, k) => {
      const { x, y } = points[k] ?? { x: 0, y: 0 };
      button.style.transform = `translate(${x - size / 2}px, ${y - size / 2}px)`;
      button.style.width = button.style.height = `${size}px`;
      button.classList.toggle('jp-mod-quiet', !isFree[k]);
    });
    this.edges.set(points, this.#lines);
  }

  #colour(): void {
    this.edges.setStyle({
      line: themeValue('--jp-border-color1'),
      pulse: themeValue('--jp-brand-color1'),
      marked: themeValue('--jp-warn-color1')
    });
  }

  /** Arrows walk from node to node, Home and End to the first and last. */
  #onKey(event: KeyboardEvent): void {
    const last = this.#buttons.length - 1;
    const steps: Record<string, number> = {
      ArrowRight: Math.min(last, this.#selected + 1),
      ArrowDown: Math.min(last, this.#selected + 1),
      ArrowLeft: Math.max(0, this.#selected - 1),
      ArrowUp: Math.max(0, this.#selected - 1),
      Home: 0,
      End: last
    };
    const rank = steps[event.key];
    if (rank === undefined) return;
    event.preventDefault();
    this.#onSelect(rank);
    this.#buttons[rank]?.focus();
  }
}
