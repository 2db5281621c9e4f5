/** The ill-conditioned quadratic in two dimensions on which gradient descent zigzags and momentum does not. */
import { Matrix, type Vector } from '../math/matrix.js';
import { diagonal, matmul } from '../math/matrices.js';
import { dot } from '../math/vectors.js';

export interface QuadraticLoss {
  /** diag(1, κ). */
  readonly hessian: Matrix;
  /** 0. */
  readonly linear: Vector;
  readonly xStar: Vector;
  gradient(x: Vector): Vector;
  loss(x: Vector): number;
}

/**
 * f(x) = ½ (x₀² + κ x₁²), minimal at 0.
 * @param options `condition` is κ, 20 unless given; gradient descent needs γ < 2/κ
 */
export function zigzag({ condition = 20 }: { condition?: number } = {}): QuadraticLoss {
  const hessian = diagonal([1, condition]);
  const gradient = (x: Vector): Vector => matmul(hessian, x);
  return {
    hessian,
    linear: new Float64Array(2),
    xStar: new Float64Array(2),
    gradient,
    loss: x => dot(x, gradient(x)) / 2
  };
}
