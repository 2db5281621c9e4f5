/** Where the nodes stand: a force layout from a circle, the same for the same graph. */
import {
  forceCenter,
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  type SimulationNodeDatum
} from 'd3-force';
import type { Edge } from './scene.js';

export interface Point {
  x: number;
  y: number;
}

const spacing = 60;
/** Enough to come to rest; large graphs get fewer, so that opening the view takes no second. */
const ticks = 240;
const largeGraph = 100;
const ticksOfLarge = 90;

interface Body extends SimulationNodeDatum {
  index: number;
}

/** Positions within the unit square, one a node. */
export function layoutOf(size: number, edges: readonly Edge[]): Point[] {
  if (size === 1) return [{ x: 0.5, y: 0.5 }];
  const radius = (spacing * size) / (2 * Math.PI);
  const bodies: Body[] = Array.from({ length: size }, (_, index) => {
    const angle = (2 * Math.PI * index) / size - Math.PI / 2;
    return { index, x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
  const links = edges
    .filter(({ from, to }) => from < size && to < size)
    .map(({ from, to }) => ({ source: from, target: to }));
  const simulation = forceSimulation(bodies)
    .force('charge', forceManyBody().strength(-spacing * 4))
    .force('links', forceLink(links).distance(spacing))
    .force('apart', forceCollide(spacing / 2))
    .force('centre', forceCenter(0, 0))
    .stop();
  simulation.tick(size > largeGraph ? ticksOfLarge : ticks);
  return fitted(bodies);
}

function fitted(bodies: readonly Body[]): Point[] {
  const xs = bodies.map(({ x = 0 }) => x);
  const ys = bodies.map(({ y = 0 }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const extent = Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1);
  const [dx, dy] = [
    (extent - (Math.max(...xs) - left)) / 2,
    (extent - (Math.max(...ys) - top)) / 2
  ];
  return bodies.map((_, k) => ({
    x: ((xs[k] ?? 0) - left + dx) / extent,
    y: ((ys[k] ?? 0) - top + dy) / extent
  }));
}
