/** What the pointer does to the picture: it finds edges, and draws links from node to node. */
import type { Point } from './layout.js';
import type { EdgeCanvas } from './pulses.js';

/** The parts of a picture. */
export interface Places {
  field: HTMLElement;
  edges: EdgeCanvas;
  /** By rank. */
  buttons(): readonly HTMLElement[];
}

/** Tells the edge that the pointer is at, and '' when it is at none. */
export function watchEdges({ field, edges }: Places, onMark: (key: string) => void): void {
  field.addEventListener('pointermove', event => {
    const isAtNode = event.target instanceof HTMLElement && event.target.closest('button');
    onMark(isAtNode ? '' : edges.edgeAt(placeOf(field, event)));
  });
  field.addEventListener('pointerleave', () => onMark(''));
}

/** Dragging from one node to another. */
export class LinkDrawing {
  isOn = false;
  readonly #places: Places;
  #from: number | null = null;

  constructor(places: Places, onLink: (from: number, to: number) => void) {
    this.#places = places;
    const { field, edges } = places;
    field.addEventListener('pointerdown', event => {
      this.#from = this.isOn ? this.#rankAt(event) : null;
    });
    field.addEventListener('pointermove', event => {
      if (this.#from === null) return;
      const start = this.#centreOf(this.#from);
      edges.stretch(start && [start, placeOf(field, event)]);
    });
    const end = (event: PointerEvent): void => {
      const [from, to] = [this.#from, this.#rankAt(event)];
      this.#from = null;
      edges.stretch(null);
      if (from !== null && to !== null && from !== to) onLink(from, to);
    };
    field.addEventListener('pointerup', end);
    field.addEventListener('pointerleave', () => {
      this.#from = null;
      edges.stretch(null);
    });
  }

  /** The node under the pointer. */
  #rankAt({ clientX, clientY }: PointerEvent): number | null {
    const button = document.elementFromPoint(clientX, clientY)?.closest('button');
    const rank = button ? this.#places.buttons().indexOf(button) : -1;
    return rank < 0 ? null : rank;
  }

  #centreOf(rank: number): Point | null {
    const { field, buttons } = this.#places;
    const box = buttons()[rank]?.getBoundingClientRect();
    if (!box) return null;
    const { left, top } = field.getBoundingClientRect();
    return { x: box.left + box.width / 2 - left, y: box.top + box.height / 2 - top };
  }
}

function placeOf(field: HTMLElement, { clientX, clientY }: PointerEvent): Point {
  const { left, top } = field.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
