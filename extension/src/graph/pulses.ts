/** Pulses that travel along the edges over which bytes have come. Drawn on a canvas; at rest nothing is drawn at all. */
import type { Point } from './layout.js';
import { edgeKey, thickest, widthsOf, type Edge } from './scene.js';

/** Milliseconds that a pulse travels; engines tell every 250 ms, so that traffic without a break has no gap. */
const travel = 600;
const dotSize = 3.5;
/** A screen's frames come a little early or late. */
const tolerance = 3;
/** Pixels beside a line that still mean it. */
const nearEnough = 7;

export interface EdgeStyle {
  line: string;
  pulse: string;
  marked: string;
}

interface Pulse {
  key: string;
  begun: number;
}

/** What the canvas draws: lines, and pulses on them. */
export class EdgeCanvas {
  readonly node = document.createElement('canvas');
  /** Milliseconds from one picture of moving dots to the next, at least. */
  frameTime = 0;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #points: readonly Point[] = [];
  #edges: readonly Edge[] = [];
  #style: EdgeStyle = { line: '', pulse: '', marked: '' };
  #marked = '';
  #stretched: readonly [Point, Point] | null = null;
  #pulses: Pulse[] = [];
  #frame = 0;
  #isShown = true;
  #drawnAt = -Infinity;
  #draws = 0;

  constructor() {
    this.node.setAttribute('aria-hidden', 'true');
  }

  /** New positions in pixels, or new edges. */
  set(points: readonly Point[], edges: readonly Edge[]): void {
    this.#points = points;
    this.#edges = edges;
    this.#request();
  }

  setStyle(style: EdgeStyle): void {
    this.#style = style;
    this.#request();
  }

  /** Emphasises one edge, in both directions. */
  mark(key: string): void {
    if (key === this.#marked) return;
    this.#marked = key;
    this.#request();
  }

  resize(width: number, height: number): void {
    const scale = window.devicePixelRatio || 1;
    const [columns, lines] = [Math.round(width * scale), Math.round(height * scale)];
    // Setting either empties the canvas and takes new memory.
    if (this.node.width === columns && this.node.height === lines) return;
    this.node.width = columns;
    this.node.height = lines;
    this.node.style.width = `${width}px`;
    this.node.style.height = `${height}px`;
    this.#request();
  }

  /** A line that follows the pointer while a link is drawn; null for none. */
  stretch(line: readonly [Point, Point] | null): void {
    this.#stretched = line;
    this.#request();
  }

  /** The edge at a place, as `from-to`; '' where none is near. */
  edgeAt(place: Point): string {
    let nearest = { key: '', distance: nearEnough };
    for (const { from, to } of this.#edges) {
      const [a, b] = [this.#points[from], this.#points[to]];
      const distance = a && b ? distanceTo(place, a, b) : Infinity;
      if (distance < nearest.distance) nearest = { key: edgeKey(from, to), distance };
    }
    return nearest.key;
  }

  /** Bytes have come over these edges. */
  pulse(keys: Iterable<string>): void {
    const begun = performance.now();
    this.#pulses = this.#pulses.filter(pulse => begun - pulse.begun < travel);
    for (const key of keys) this.#pulses.push({ key, begun });
    this.node.dataset['pulses'] = [...new Set(this.#pulses.map(({ key }) => key))].sort().join(' ');
    this.#request();
  }

  /** Nothing is drawn while nobody sees it. */
  show(isShown: boolean): void {
    this.#isShown = isShown;
    if (isShown) this.#request();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#isShown = false;
  }

  #request(): void {
    if (this.#frame !== 0 || !this.#isShown) return;
    this.#frame = requestAnimationFrame(now => {
      this.#frame = 0;
      if (now - this.#drawnAt < this.frameTime - tolerance) return this.#request();
      this.#drawnAt = now;
      this.#draw(now);
      if (this.#pulses.some(({ begun }) => now - begun < travel)) this.#request();
    });
  }

  #draw(now: number): void {
    const context = this.node.getContext('2d');
    if (!context) return;
    const scale = window.devicePixelRatio || 1;
    this.node.dataset['draws'] = String(++this.#draws);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.node.width, this.node.height);
    this.#drawLines(context);
    if (this.#stretched) {
      context.strokeStyle = this.#style.marked;
      context.lineWidth = thickest;
      stroke(context, ...this.#stretched);
    }
    this.#pulses = this.#pulses.filter(({ begun }) => now - begun < travel);
    for (const { key, begun } of this.#pulses)
      this.#drawPulse(context, key, (now - begun) / travel);
  }

  #drawLines(context: CanvasRenderingContext2D): void {
    const widths = widthsOf(this.#edges);
    for (const [k, { from, to }] of this.#edges.entries()) {
      const isMarked = this.#marked === edgeKey(from, to) || this.#marked === edgeKey(to, from);
      context.strokeStyle = isMarked ? this.#style.marked : this.#style.line;
      context.lineWidth = isMarked ? thickest : (widths[k] ?? 0);
      this.#line(context, from, to);
    }
  }

  #line(context: CanvasRenderingContext2D, from: number, to: number): void {
    const [a, b] = [this.#points[from], this.#points[to]];
    if (a && b) stroke(context, a, b);
  }

  /** With reduced motion the whole line lights up instead. */
  #drawPulse(context: CanvasRenderingContext2D, key: string, way: number): void {
    const [from = -1, to = -1] = key.split('-').map(Number);
    const [a, b] = [this.#points[from], this.#points[to]];
    if (!a || !b) return;
    if (this.#still.matches) {
      context.strokeStyle = this.#style.pulse;
      context.lineWidth = thickest;
      return this.#line(context, from, to);
    }
    context.fillStyle = this.#style.pulse;
    context.beginPath();
    const [x, y] = [a.x + (b.x - a.x) * way, a.y + (b.y - a.y) * way];
    context.arc(x, y, dotSize, 0, 2 * Math.PI);
    context.fill();
  }
}

function stroke(context: CanvasRenderingContext2D, a: Point, b: Point): void {
  context.beginPath();
  context.moveTo(a.x, a.y);
  context.lineTo(b.x, b.y);
  context.stroke();
}

/** From a place to the line between two points. */
function distanceTo(place: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const way = ((place.x - a.x) * dx + (place.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const onLine = Math.max(0, Math.min(1, way));
  return Math.hypot(place.x - a.x - onLine * dx, place.y - a.y - onLine * dy);
}
