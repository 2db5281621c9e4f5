/** The picture of the graph: edges on a canvas, nodes as real buttons, so that keyboard and screen reader reach them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { themeValue, watchTheme } from '../renderer/theme.js';
import { LabelLayer, labelPlaces, type Size } from './labels.js';
import { layoutOf, type Point } from './layout.js';
import { nameOf, sentenceOf, type NodeView } from './nodes.js';
import { LinkDrawing, watchEdges } from './pointing.js';
import { EdgeCanvas } from './pulses.js';
import type { Edge } from './scene.js';
import { seen } from './viewport.js';
import { Zoom } from './zoom.js';

const cssClass = 'jp-DecentLabGraph';
const margin = 34;
const largest = 40;
const smallest = 12;
/** Nodes that are smaller have their rank beside them, and no value. */
const roomForRank = 22;
const valueWidth = 76;
const digitWidth = 7;
const labelHeight = 14;

export interface PictureOptions {
  onSelect(rank: number): void;
  /** The pointer is at an edge, `from-to`, or at none. */
  onMark?(key: string): void;
  /** A line was drawn from one node to another; see `isEditing`. */
  onLink?(from: number, to: number): void;
}

export class GraphPicture extends Widget {
  readonly edges = new EdgeCanvas();
  readonly #trans: TranslationBundle;
  readonly #onSelect: (rank: number) => void;
  readonly #field = document.createElement('div');
  readonly #labels = new LabelLayer();
  readonly #zoom: Zoom;
  readonly #resizes = new ResizeObserver(() => this.#onResize());
  readonly #endThemeWatch: () => void;
  #buttons: HTMLButtonElement[] = [];
  #nodes: readonly NodeView[] = [];
  #size = largest;
  #isCrowded = false;
  /** The node whose words are shown. */
  #told: number | null = null;
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
    this.#field.append(this.edges.node, this.#labels.node);
    this.#zoom = new Zoom({ field: this.#field, trans, onChange: () => this.#place() });
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
    this.#nodes = nodes;
    const shape = `${nodes.length}:${edges.map(({ from, to }) => `${from}-${to}`).join()}`;
    this.#lines = edges;
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#unit = layoutOf(nodes.length, edges);
      this.#makeButtons(nodes.length);
      this.#place();
    } else this.edges.set(this.#pixels(), edges);
    this.#describe();
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
      button.addEventListener('click', () => this.#onSelect(rank));
      for (const come of ['pointerenter', 'focus'])
        button.addEventListener(come, () => this.#tell(rank));
      for (const go of ['pointerleave', 'blur'])
        button.addEventListener(go, () => this.#tell(null));
      return button;
    });
    this.#labels.node.before(...this.#buttons);
    this.#labels.make(count);
    this.select(Math.min(this.#selected, count - 1));
  }

  get #isSmall(): boolean {
    return this.#size < roomForRank;
  }

  #describe(): void {
    this.#nodes.forEach((node, k) => {
      const button = this.#buttons[k];
      if (!button) return;
      const words = sentenceOf(node, this.#trans);
      if (button.getAttribute('aria-label') !== words) button.setAttribute('aria-label', words);
      button.dataset['state'] = node.state ?? '';
      button.style.setProperty('--fraction', `${Math.round((node.fraction ?? 0) * 100)}%`);
      const inside = this.#isSmall ? '' : nameOf(node);
      if (button.textContent !== inside) button.textContent = inside;
      this.#labels.write(k, this.#isSmall ? nameOf(node) : node.value);
    });
    this.#tell(this.#told);
    const isLabelled = this.#isSmall || this.#nodes.some(({ value }) => value !== '');
    // Where not all labels find a place, there is more to see from closer by.
    this.#zoom.offer(isLabelled && this.#isCrowded);
  }

  /** The words of a node beside it, whether there is room for its label or not; null for none. */
  #tell(rank: number | null): void {
    this.#told = rank;
    const node = rank === null ? undefined : this.#nodes[rank];
    const point = rank === null ? undefined : this.#pixels()[rank];
    const words = node ? sentenceOf(node, this.#trans) : '';
    this.#labels.tell(words, point ?? { x: 0, y: 0 }, this.#size);
  }

  /** Where the nodes would be if all were in sight. */
  #whole(): Point[] {
    const { clientWidth: width, clientHeight: height } = this.node;
    const side = Math.max(0, Math.min(width, height) - 2 * margin);
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    return this.#unit.map(({ x, y }) => ({ x: left + x * side, y: top + y * side }));
  }

  #pixels(): Point[] {
    return this.#whole().map(point => seen(this.#zoom.viewport, point));
  }

  #onResize(): void {
    this.#zoom.settle();
    this.#place();
  }

  #place(): void {
    const { clientWidth: width, clientHeight: height } = this.node;
    if (width === 0 || height === 0) return;
    this.edges.resize(width, height);
    const points = this.#pixels();
    const room = Math.sqrt((width * height) / Math.max(1, points.length));
    const fitting = room * this.#zoom.viewport.scale * 0.4;
    this.#size = Math.round(Math.max(smallest, Math.min(largest, fitting)));
    const size = this.#size;
    this.#field.classList.toggle('jp-mod-small', this.#isSmall);
    this.#buttons.forEach((button, k) => {
      const { x, y } = points[k] ?? { x: 0, y: 0 };
      button.style.transform = `translate(${x - size / 2}px, ${y - size / 2}px)`;
      button.style.width = button.style.height = `${size}px`;
    });
    this.#label(points, { width, height });
    this.edges.set(points, this.#lines);
    this.#describe();
  }

  #label(nodes: readonly Point[], field: Size): void {
    const isLive = this.#nodes.some(({ state }) => state !== undefined);
    // A live engine may get a mark behind its rank.
    const digits = String(nodes.length - 1).length + (isLive ? 2 : 0);
    const width = this.#isSmall ? digits * digitWidth : valueWidth;
    const label = { width, height: labelHeight };
    const places = labelPlaces({ nodes, nodeSize: this.#size, label, field });
    this.#labels.place(places);
    this.#isCrowded = places.includes(null);
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
    this.select(rank);
    this.#onSelect(rank);
    const point = this.#whole()[rank];
    if (point) this.#zoom.show(point, margin);
    this.#buttons[rank]?.focus();
  }
}
