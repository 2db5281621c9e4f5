/** What happens to numbers before they are drawn: gaps, rounding, thinning. Keeps saved notebooks small. */
import type { Coordinate } from './traces.js';

const significantDigits = 6;
/** More points than this are not seen on a screen. */
export const pointLimit = 500;

/** `value` with six significant digits; null (a gap) if it is not finite or, on a log axis, not positive. */
export function coordinate(value: number, isLog: boolean): Coordinate {
  if (!Number.isFinite(value) || (isLog && value <= 0)) return null;
  return Number(value.toPrecision(significantDigits));
}

/** At most `limit` indices of 0 … length − 1, evenly spread, first and last always among them. */
export function spread(length: number, limit: number): number[] {
  if (length <= limit) return Array.from({ length }, (_, i) => i);
  const step = (length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, i) => Math.round(i * step));
}

/** A number for people: three significant digits. */
export function brief(value: number | undefined): string {
  if (value === undefined) return 'no value';
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}

export interface Points {
  x: Coordinate[];
  y: Coordinate[];
}

export interface PointsOptions {
  logX?: boolean;
  logY?: boolean;
  /** Defaults to 500. */
  limit?: number;
}

/** Pairs ready to be drawn: thinned, rounded, gaps as null. `x` and `y` have one length. */
export function pointsOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { logX = false, logY = false, limit = pointLimit }: PointsOptions = {}
): Points {
  const kept = spread(y.length, limit);
  return { x: kept.map(k => coordinate(x[k], logX)), y: kept.map(k => coordinate(y[k], logY)) };
}
