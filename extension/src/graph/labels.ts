/** Labels on a layer above links and nodes: each beside its node where nothing else is, or not at all. */
import type { Point } from './layout.js';

const cssClass = 'jp-DecentLabGraph';
/** Pixels between a node and its label: the ring of the chosen node lies between them. */
const gap = 5;
const sides = ['below', 'above', 'right', 'left'] as const;

export interface Size {
  width: number;
  height: number;
}

/** Pixels from the upper left corner of the field. */
export interface Box extends Size {
  left: number;
  top: number;
}

/** Where a label stands, and at which side of its node. */
export interface LabelPlace extends Box {
  side: (typeof sides)[number];
}

export interface Crowd {
  /** The centres of all nodes. */
  nodes: readonly Point[];
  /** The diameter of each. */
  nodeSize: number;
  /** What a label needs. */
  label: Size;
  /** What labels must lie in. */
  field: Size;
}

/** A place for each label that covers no node, no label before it and no border; null where there is none. */
export function labelPlaces({ nodes, nodeSize, label, field }: Crowd): (LabelPlace | null)[] {
  const bodies = nodes.map(centre => around(centre, { width: nodeSize, height: nodeSize }));
  const taken: Box[] = [];
  return nodes.map((centre, k) => {
    const isFree = (box: Box): boolean =>
      isInside(box, field) &&
      !taken.some(other => isCovering(box, other)) &&
      !bodies.some((body, other) => other !== k && isCovering(box, body));
    const place = sides.map(side => beside(centre, side, nodeSize, label)).find(isFree);
    if (place) taken.push(place);
    return place ?? null;
  });
}

/** Whether two boxes have a point in common. */
export function isCovering(one: Box, other: Box): boolean {
  return (
    one.left < other.left + other.width &&
    other.left < one.left + one.width &&
    one.top < other.top + other.height &&
    other.top < one.top + one.height
  );
}

function beside(
  { x, y }: Point,
  side: LabelPlace['side'],
  nodeSize: number,
  label: Size
): LabelPlace {
  const [dx, dy] = [(nodeSize + label.width) / 2 + gap, (nodeSize + label.height) / 2 + gap];
  const ways = { below: [0, dy], above: [0, -dy], right: [dx, 0], left: [-dx, 0] };
  const [right = 0, down = 0] = ways[side];
  return { ...around({ x: x + right, y: y + down }, label), side };
}

function around({ x, y }: Point, { width, height }: Size): Box {
  return { left: x - width / 2, top: y - height / 2, width, height };
}

function isInside({ left, top, width, height }: Box, field: Size): boolean {
  return left >= 0 && top >= 0 && left + width <= field.width && top + height <= field.height;
}

/** The layer of one picture, and the words of the node under the pointer or with the focus. */
export class LabelLayer {
  readonly node = document.createElement('div');
  readonly #tip = document.createElement('div');
  #labels: HTMLElement[] = [];

  constructor() {
    // Each node says all this itself.
    this.node.setAttribute('aria-hidden', 'true');
    this.node.className = `${cssClass}-labels`;
    this.#tip.className = `${cssClass}-tip`;
    this.#tip.hidden = true;
  }

  /** Makes so many labels, which stand nowhere yet. */
  make(count: number): void {
    this.#labels = Array.from({ length: count }, () => document.createElement('span'));
    this.node.replaceChildren(...this.#labels, this.#tip);
  }

  write(k: number, text: string): void {
    const label = this.#labels[k];
    if (label && label.textContent !== text) label.textContent = text;
  }

  place(places: readonly (LabelPlace | null)[]): void {
    this.#labels.forEach((label, k) => {
      const place = places[k];
      label.hidden = !place;
      if (!place) return;
      const { left, top, width, height, side } = place;
      label.dataset['side'] = side;
      label.style.transform = `translate(${left}px, ${top}px)`;
      label.style.width = `${width}px`;
      label.style.height = label.style.lineHeight = `${height}px`;
    });
  }

  /** Says words below a node, or above it where below there is no room; '' says nothing any more. */
  tell(words: string, { x, y }: Point, nodeSize: number): void {
    this.#tip.hidden = words === '';
    if (words === '') return;
    this.#tip.textContent = words;
    const { offsetWidth: width, offsetHeight: height } = this.#tip;
    const { clientWidth, clientHeight } = this.node;
    const left = Math.max(0, Math.min(clientWidth - width, x - width / 2));
    const below = y + nodeSize / 2 + gap;
    const top = below + height <= clientHeight ? below : y - nodeSize / 2 - gap - height;
    this.#tip.style.transform = `translate(${left}px, ${top}px)`;
  }
}
