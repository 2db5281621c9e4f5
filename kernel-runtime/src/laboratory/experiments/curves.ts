/** From iterates to curves: how far each rank is from where it should be, and how steep a picture is. */
import { DecentLabError } from '../../errors.js';
import type { Vector } from '../../mathematics/math/matrix.js';
import { mean } from '../../mathematics/math/vectors.js';
import { relativeError } from '../../mathematics/optim/theory.js';

/**
 * ‖x − x*‖² / ‖x*‖² of every rank at every iteration.
 * @param histories by rank, then by iteration: vectors of length d
 * @param xStar length d, not zero
 * @returns by rank, then by iteration
 */
export function errorCurves(histories: readonly (readonly Vector[])[], xStar: Vector): number[][] {
  return histories.map(history => history.map(x => relativeError([x], xStar)));
}

/**
 * The mean over the ranks at every iteration.
 * @param curves by rank, then by iteration, of equal length
 */
export function averageCurve(curves: readonly (readonly number[])[]): number[] {
  return Array.from(curves[0] ?? [], (_, k) => mean(curves.map(curve => curve[k])));
}

/**
 * The exponent p of y ≈ c xᵖ: the least squares slope of log y against log x.
 * @param x at least two positive numbers
 * @param y as many positive numbers
 * @throws VALUE_INVALID for fewer than two points or values that have no logarithm
 */
export function fitSlope(x: readonly number[], y: readonly number[]): number {
  const isUsable = x.length >= 2 && x.length === y.length && [...x, ...y].every(value => value > 0);
  if (!isUsable) {
    throw new DecentLabError('VALUE_INVALID', {
      what: 'fitSlope(x, y)',
      expected: 'at least two points, all values positive',
      received: `${x.length} and ${y.length} values, the smallest ${Math.min(...x, ...y)}`
    });
  }
  const u = x.map(Math.log);
  const v = y.map(Math.log);
  const [uMean, vMean] = [mean(u), mean(v)];
  const covariance = u.reduce((total, value, i) => total + (value - uMean) * (v[i] - vMean), 0);
  return covariance / u.reduce((total, value) => total + (value - uMean) ** 2, 0);
}
