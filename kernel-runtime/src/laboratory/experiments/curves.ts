/** From iterates to curves: how far each rank is from where it should be. */
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
