/** A topology as a graph: nodes on a circle, an edge as wide as its weight. */
import type { Topology } from '../../mathematics/graph/topology.js';
import { Figure } from './figure.js';
import { brief, coordinate } from './numbers.js';
import { colourOf, neutral } from './palette.js';
import { layoutOf, type ScatterTrace } from './traces.js';

export interface GraphOptions {
  /** Defaults to the topology's name and size. */
  title?: string;
}

interface Edge {
  from: number;
  to: number;
  weight: number;
  /** The other direction has the same weight: one line without an arrow. */
  isMutual: boolean;
}

interface Point {
  x: number;
  y: number;
}

const widthOfLargestWeight = 4;
const thinnest = 0.75;
const nodeSize = 26;
/** Beyond this the nodes shrink to dots without a rank. */
const labelledNodes = 40;
/** Where the arrow head sits on its edge, as a share of the way to the receiver. */
const arrowShare = 0.82;

/** The nodes of `topology` on a circle, rank 0 at the top, clockwise. An arrow points to the receiver. */
export function graph(topology: Topology, options: GraphOptions = {}): Figure {
  const { name, size } = topology;
  const { title = `${name}, ${size} nodes` } = options;
  const places = Array.from({ length: size }, (_, rank) => placeOf(rank, size));
  const edges = edgesOf(topology);
  const largest = edges.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
  const traces = [
    ...groupsByWeight(edges).map(group => edgeTrace(group, places, largest)),
    ...arrowTraces(
      edges.filter(edge => !edge.isMutual),
      places
    ),
    nodeTrace(topology, places)
  ];
  const hidden = { type: 'linear' as const, visible: false };
  const layout = layoutOf({
    title,
    xaxis: hidden,
    yaxis: { ...hidden, scaleanchor: 'x' },
    showlegend: false
  });
  const count = edges.reduce((sum, { isMutual }) => sum + (isMutual ? 2 : 1), 0);
  return new Figure(
    traces,
    layout,
    `${title}: ${count} directed edges, largest weight ${brief(largest)}`
  );
}

function placeOf(rank: number, size: number): Point {
  const angle = (2 * Math.PI * rank) / size;
  return { x: Math.sin(angle), y: Math.cos(angle) };
}

function edgesOf({ W, size }: Topology): Edge[] {
  const edges: Edge[] = [];
  for (let to = 0; to < size; to++) {
    for (let from = 0; from < size; from++) {
      const weight = W.at(to, from);
      if (from === to || weight === 0) continue;
      const isMutual = W.at(from, to) === weight;
      if (!isMutual || from < to) edges.push({ from, to, weight, isMutual });
    }
  }
  return edges;
}

function groupsByWeight(edges: readonly Edge[]): Edge[][] {
  const groups = new Map<number, Edge[]>();
  for (const edge of edges) {
    const key = coordinate(edge.weight, false) ?? 0;
    groups.set(key, [...(groups.get(key) ?? []), edge]);
  }
  return [...groups.values()];
}

function edgeTrace(
  group: readonly Edge[],
  places: readonly Point[],
  largest: number
): ScatterTrace {
  const width = Math.max(thinnest, (widthOfLargestWeight * Math.abs(group[0].weight)) / largest);
  return {
    type: 'scatter',
    mode: 'lines',
    x: group.flatMap(({ from, to }) => [short(places[from].x), short(places[to].x), null]),
    y: group.flatMap(({ from, to }) => [short(places[from].y), short(places[to].y), null]),
    name: `weight ${brief(group[0].weight)}`,
    showlegend: false,
    opacity: 0.7,
    line: { color: neutral, width },
    hoverinfo: 'skip'
  };
}

function arrowTraces(edges: readonly Edge[], places: readonly Point[]): ScatterTrace[] {
  if (edges.length === 0) return [];
  const at = (from: number, to: number): number => short(from + arrowShare * (to - from));
  return [
    {
      type: 'scatter',
      mode: 'markers',
      x: edges.map(({ from, to }) => at(places[from].x, places[to].x)),
      y: edges.map(({ from, to }) => at(places[from].y, places[to].y)),
      name: 'direction',
      showlegend: false,
      marker: {
        color: neutral,
        size: 9,
        symbol: 'triangle-up',
        angle: edges.map(({ from, to }) => bearing(places[from], places[to]))
      },
      text: edges.map(({ from, to, weight }) => `${from} → ${to}, weight ${brief(weight)}`),
      hovertemplate: '%{text}<extra></extra>'
    }
  ];
}

/** Degrees clockwise from "up". */
function bearing(from: Point, to: Point): number {
  return short((Math.atan2(to.x - from.x, to.y - from.y) * 180) / Math.PI);
}

function nodeTrace({ size }: Topology, places: readonly Point[]): ScatterTrace {
  const isLabelled = size <= labelledNodes;
  return {
    type: 'scatter',
    mode: isLabelled ? 'markers+text' : 'markers',
    x: places.map(({ x }) => short(x)),
    y: places.map(({ y }) => short(y)),
    name: 'nodes',
    showlegend: false,
    marker: { color: colourOf(0), size: isLabelled ? nodeSize : 8 },
    ...(isLabelled
      ? { text: places.map((_, rank) => String(rank)), textfont: { color: '#ffffff' } }
      : {}),
    hovertemplate: 'rank %{pointNumber}<extra></extra>'
  };
}

function short(value: number): number {
  return coordinate(Math.abs(value) < 1e-12 ? 0 : value, false) ?? 0;
}
