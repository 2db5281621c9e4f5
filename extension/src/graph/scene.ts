/** What the graph shows, worked out from what engines tell: edges of W, the picked value of each node, traffic. Pure. */
import type { EngineStats } from '../clusters/state.js';

/** j → i with w_ij: what rank i takes from rank j. */
export interface Edge {
  from: number;
  to: number;
  weight: number;
}

/** One rank's row of W, as engines tell it and drawings have it. */
export interface RankRow {
  rank: number;
  selfWeight: number;
  sources: number[];
  weights: number[];
}

/** By what nodes are coloured: a variable's value, its norm, its distance from the average; or memory. */
export type Pick =
  { kind: 'none' } | { kind: 'memory' } | { kind: 'value' | 'distance'; variable: string };

/** The edges of these rows, by receiver and sender. */
export function edgesOf(engines: readonly RankRow[]): Edge[] {
  return engines.flatMap(({ rank, sources, weights }) =>
    sources.map((from, k) => ({ from, to: rank, weight: weights[k] ?? 0 }))
  );
}

/** W row by row; null where a rank has not told its row yet. */
export function matrixOf(engines: readonly RankRow[], size: number): (number[] | null)[] {
  const rows = Array.from({ length: size }, (): number[] | null => null);
  for (const { rank, selfWeight, sources, weights } of engines) {
    if (rank >= size) continue;
    const row = Array.from({ length: size }, () => 0);
    row[rank] = selfWeight;
    sources.forEach((j, k) => (row[j] = weights[k] ?? 0));
    rows[rank] = row;
  }
  return rows;
}

/** The picked number of an engine; undefined where it has none. */
export function valueOf(engine: EngineStats, pick: Pick): number | undefined {
  switch (pick.kind) {
    case 'none':
      return undefined;
    case 'memory':
      return engine.memory;
    default:
      return engine.picked[pick.variable]?.[pick.kind] ?? undefined;
  }
}

/** Where each value lies between the smallest and the largest, 0 to 1; all the same is 0. */
export function fractionsOf(values: readonly (number | undefined)[]): (number | undefined)[] {
  const known = values.filter((value): value is number => Number.isFinite(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values.map(value => {
    if (value === undefined || !Number.isFinite(value)) return undefined;
    return high > low ? (value - low) / (high - low) : 0;
  });
}

/** The bytes that have arrived over each edge, `from-to`, since the engines began. */
export function arrivalsOf(engines: readonly EngineStats[]): Map<string, number> {
  return new Map(
    engines.flatMap(({ rank: to, peers }) =>
      peers.map(({ rank: from, receivedBytes }): [string, number] => [
        edgeKey(from, to),
        receivedBytes
      ])
    )
  );
}

/** The edges over which something has come between two looks, with the bytes. A restarted engine counts from 0. */
export function flowsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>
): Map<string, number> {
  const flows = new Map<string, number>();
  for (const [key, bytes] of after) {
    const known = before.get(key);
    if (known !== undefined && bytes > known) flows.set(key, bytes - known);
  }
  return flows;
}

/** The name of an edge in maps. */
export function edgeKey(from: number, to: number): string {
  return `${from}-${to}`;
}

const thinnest = 0.75;
/** Pixels of the heaviest link. */
export const thickest = 5;
/** More links than this and they become thinner, or those of large graphs would cover everything. */
const fewLinks = 100;

/** How thick each link is drawn, in pixels: by the size of its weight beside that of the heaviest. */
export function widthsOf(edges: readonly Edge[]): number[] {
  const sizes = edges.map(({ weight }) => Math.abs(weight));
  const heaviest = Math.max(...sizes, 1e-12);
  const crowding = Math.min(1, Math.sqrt(fewLinks / Math.max(1, edges.length)));
  return sizes.map(size => crowding * (thinnest + ((thickest - thinnest) * size) / heaviest));
}

/** A number as a person reads it: four digits at most. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Bytes as a person reads them. */
export function shortBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return String(bytes);
  const units = ['B', 'KB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
