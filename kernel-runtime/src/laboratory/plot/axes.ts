/** Axes of figures: titles, and ticks on whole decades. */
import type { Axis, Coordinate } from './traces.js';

export interface Span {
  low: number;
  high: number;
}

/** More ticks than this crowd an axis. */
export const maximalTicks = 7;

/** The span of all values that are no gaps; null if there is none. */
export function spanOf(values: Iterable<Coordinate>): Span | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : null;
}

/** The whole exponents of ten around a span of positive values, and how many decades lie between ticks. */
export function decadesOf(span: Span | null): { first: number; last: number; step: number } {
  const { low, high } = span ?? { low: 0.1, high: 1 };
  const first = Math.floor(Math.log10(low));
  const last = Math.max(Math.ceil(Math.log10(high)), first + 1);
  return { first, last, step: Math.ceil((last - first) / maximalTicks) };
}

/** An axis with a title for `values`, linear or logarithmic. */
export function axisOf(label: string, isLog: boolean, values: Iterable<Coordinate>): Axis {
  const title = { text: label };
  if (!isLog) return { title, type: 'linear' };
  const dtick = decadesOf(spanOf(values)).step;
  return { title, type: 'log', exponentformat: 'power', dtick };
}
