/** From iterates to curves: how far each rank is from where it should be, and how steep a picture is. */
import { DecentLabError } from '../../errors.js';
import type { Vector } from '../../mathematics/math/matrix.js';
import { norm } from '../../mathematics/math/vectors.js';
import { sub } from '../../mathematics/math/elementwise.js';

/**
 * ‖x − x*‖² / ‖x*‖², the squared relative error of the talk and of `decentlab solve`.
 * @param x length d
 * @param xStar length d, not zero
 */
export function relativeError(x: Vector, xStar: Vector): number {
  return norm(sub(x, xStar)) ** 2 / norm(xStar) ** 2;
}

/**
 * The relative error of every rank at every iteration.
 * @param histories by rank, then by iteration: vectors of length d
 * @returns by rank, then by iteration
 */
export function relativeErrors(
  histories: readonly (readonly Vector[])[],
  xStar: Vector
): number[][] {
  return histories.map(history => history.map(x => relativeError(x, xStar)));
}

/** The arithmetic mean of some numbers; NaN if there are none. */
export function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0) / values.length;
}

/**
 * The mean over the ranks at every iteration.
 * @param curves by rank, then by iteration, of equal length
 */
export function averageCurve(curves: readonly (readonly number[])[]): number[] {
  return Array.from(curves[0] ?? [], (_, k) => meanOf(curves.map(curve => curve[k])));
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
  const [uMean, vMean] = [meanOf(u), meanOf(v)];
  const covariance = u.reduce((total, value, i) => total + (value - uMean) * (v[i] - vMean), 0);
  return covariance / u.reduce((total, value) => total + (value - uMean) ** 2, 0);
}
