/** Looking closer at a picture: by buttons, by keys, by the wheel with Ctrl, and by dragging what lies between the nodes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Size } from './labels.js';
import type { Point } from './layout.js';
import { moved, showing, whole, zoomed, type Viewport } from './viewport.js';

const cssClass = 'jp-DecentLabGraph';
const step = 1.5;
/** Of the height of a line, in pixels of the wheel. */
const wheelStep = 0.002;

export interface ZoomOptions {
  /** What is looked at: it gets the buttons, and hears keys and pointer. */
  field: HTMLElement;
  trans: TranslationBundle;
  onChange(): void;
}

export class Zoom {
  readonly #field: HTMLElement;
  readonly #onChange: () => void;
  readonly #bar = document.createElement('div');
  #viewport: Viewport = whole;
  /** Where the pointer was when it moved last, while it drags. */
  #dragged: Point | null = null;

  constructor({ field, trans, onChange }: ZoomOptions) {
    this.#field = field;
    this.#onChange = onChange;
    this.#bar.className = `${cssClass}-zoom`;
    this.#bar.append(
      this.#button('+', trans.__('Zoom in'), () => this.by(step)),
      this.#button('−', trans.__('Zoom out'), () => this.by(1 / step)),
      this.#button('⤢', trans.__('Show the whole graph'), () => this.#look(whole))
    );
    this.offer(false);
    field.append(this.#bar);
    field.addEventListener('wheel', event => this.#onWheel(event), { passive: false });
    field.addEventListener('keydown', event => this.#onKey(event));
    field.addEventListener('pointerdown', event => {
      const isBetween = event.target instanceof Element && !event.target.closest('button');
      if (isBetween && this.#viewport.scale > 1)
        this.#dragged = { x: event.clientX, y: event.clientY };
    });
    field.addEventListener('pointermove', event => this.#onMove(event));
    for (const end of ['pointerup', 'pointerleave'])
      field.addEventListener(end, () => (this.#dragged = null));
  }

  get viewport(): Viewport {
    return this.#viewport;
  }

  /** Shows the buttons where there is more to see from closer by. */
  offer(isCrowded: boolean): void {
    this.#bar.hidden = !isCrowded && this.#viewport.scale === 1;
  }

  /** Looks closer, or for a factor below 1 from farther off. */
  by(factor: number, at?: Point): void {
    const { width, height } = this.#size;
    this.#look(zoomed(this.#viewport, factor, at ?? { x: width / 2, y: height / 2 }, this.#size));
  }

  /** Has a point of the picture in sight. */
  show(point: Point, margin: number): void {
    this.#look(showing(this.#viewport, point, margin, this.#size));
  }

  /** After the field has changed its size. */
  settle(): void {
    this.#viewport = moved(this.#viewport, 0, 0, this.#size);
  }

  get #size(): Size {
    return { width: this.#field.clientWidth, height: this.#field.clientHeight };
  }

  #look(viewport: Viewport): void {
    const { scale, x, y } = this.#viewport;
    if (viewport.scale === scale && viewport.x === x && viewport.y === y) return;
    this.#viewport = viewport;
    this.#onChange();
  }

  #button(sign: string, name: string, act: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = sign;
    button.title = name;
    button.setAttribute('aria-label', name);
    button.addEventListener('click', act);
    return button;
  }

  /** Without Ctrl the wheel is the page's; two fingers on a touchpad come as a wheel with Ctrl. */
  #onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = this.#field.getBoundingClientRect();
    const at = { x: event.clientX - left, y: event.clientY - top };
    this.by(Math.exp(-event.deltaY * wheelStep), at);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      '+': () => this.by(step),
      '=': () => this.by(step),
      '-': () => this.by(1 / step),
      '0': () => this.#look(whole)
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #onMove({ clientX, clientY }: PointerEvent): void {
    if (!this.#dragged) return;
    const [dx, dy] = [clientX - this.#dragged.x, clientY - this.#dragged.y];
    this.#dragged = { x: clientX, y: clientY };
    this.#look(moved(this.#viewport, dx, dy, this.#size));
  }
}
