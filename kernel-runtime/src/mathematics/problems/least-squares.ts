/** Least squares split over n nodes: f_i(x) = ½ ‖A_i x − b_i‖², with the closed form of x*. */
import { DecentLabError } from '../../errors.js';
import { add, sub } from '../math/elementwise.js';
import { matmul, matmulTransposed, transpose } from '../math/matrices.js';
import { Matrix, type Vector } from '../math/matrix.js';
import { solve } from '../math/linear-algebra.js';
import { random } from '../math/random.js';
import { axpy, dot, mean, scale } from '../math/vectors.js';

/** What one node knows. Its functions may be spread into a `Node`: `{ communicator, ...problem.local(rank) }`. */
export interface LocalLoss {
  /** The node's private data: m x d, and m entries. */
  readonly A: Matrix;
  readonly b: Vector;
  /** ∇f_i(x) = A_iᵀ (A_i x − b_i). */
  gradient(x: Vector): Vector;
  /** f_i(x). */
  loss(x: Vector): number;
  /** H_i = A_iᵀ A_i and c_i = A_iᵀ b_i, for the theory. */
  readonly hessian: Matrix;
  readonly linear: Vector;
}

export interface LeastSquares {
  readonly size: number;
  readonly dimension: number;
  /** The minimiser of Σ f_i. */
  readonly xStar: Vector;
  local(rank: number): LocalLoss;
  locals(): LocalLoss[];
  /** (1/n) Σ ‖x_i − x*‖² / ‖x*‖² for all nodes, or ‖x − x*‖² / ‖x*‖² for one of them. */
  relativeError(x: Vector | readonly Vector[]): number;
}

export interface LeastSquaresData {
  /** n matrices, or n nested m x d arrays. */
  A: readonly (Matrix | ArrayLike<ArrayLike<number>>)[];
  /** n vectors of m entries. */
  b: readonly ArrayLike<number>[];
}

/**
 * The problem of given data.
 * @throws VALUE_INVALID if A and b differ in the number of nodes, or the nodes in the number of columns
 * @throws SHAPE_MISMATCH if some A_i and b_i differ in the number of rows
 */
export function leastSquares({ A, b }: LeastSquaresData): LeastSquares {
  const matrices = A.map(rows => (rows instanceof Matrix ? rows : Matrix.from(rows)));
  if (matrices.length !== b.length || matrices.length === 0) {
    const expected = 'one b a matrix A, at least one';
    throw new DecentLabError('VALUE_INVALID', {
      what: 'leastSquares',
      expected,
      received: `${A.length} A, ${b.length} b`
    });
  }
  const locals = matrices.map((matrix, i) => localLoss(matrix, Float64Array.from(b[i])));
  const xStar = solve(
    locals.map(local => local.hessian).reduce((sum, H) => add(sum, H)),
    locals.map(local => local.linear).reduce((sum, c) => add(sum, c))
  );
  const errorOf = (x: Vector): number => {
    const difference = sub(x, xStar);
    return dot(difference, difference) / dot(xStar, xStar);
  };
  return {
    size: matrices.length,
    dimension: xStar.length,
    xStar,
    local: rank => localOf(locals, rank),
    locals: () => locals,
    relativeError: x => (x instanceof Float64Array ? errorOf(x) : mean(x.map(errorOf)))
  };
}

export interface RandomLeastSquaresOptions {
  /** Nodes. */
  n: number;
  /** Rows a node. Defaults to 30. */
  m?: number;
  /** Unknowns. Defaults to 10. */
  d?: number;
  /** How far the nodes' own solutions lie apart: standard deviation of x_i° about their centre. Defaults to 1. */
  heterogeneity?: number;
  /** Standard deviation of the noise in b. Defaults to 0.1. */
  noise?: number;
  /** Defaults to 0. */
  seed?: number;
}

/**
 * A random problem: A_i standard normal, b_i = A_i x_i° + noise, x_i° = x° + heterogeneity · normal.
 * Every rank draws from its own stream, so that a node's data do not depend on n.
 */
export function randomLeastSquares(options: RandomLeastSquaresOptions): LeastSquares {
  const { n, m = 30, d = 10, heterogeneity = 1, noise = 0.1, seed = 0 } = options;
  const center = random(seed, -1).normal(d);
  const A: Matrix[] = [];
  const b: Vector[] = [];
  for (let rank = 0; rank < n; rank++) {
    const stream = random(seed, rank);
    const matrix = new Matrix(stream.normal(m * d), m, d);
    const own = axpy(heterogeneity, stream.normal(d), center);
    A.push(matrix);
    b.push(add(matmul(matrix, own), scale(noise, stream.normal(m))));
  }
  return leastSquares({ A, b });
}

function localLoss(A: Matrix, b: Vector): LocalLoss {
  const residual = (x: Vector): Vector => sub(matmul(A, x), b);
  return {
    A,
    b,
    gradient: x => matmulTransposed(A, residual(x)),
    loss: x => dot(residual(x), residual(x)) / 2,
    hessian: matmul(transpose(A), A),
    linear: matmulTransposed(A, b)
  };
}

function localOf(locals: readonly LocalLoss[], rank: number): LocalLoss {
  const local = locals[rank];
  if (local) return local;
  const expected = `a rank from 0 to ${locals.length - 1}, the nodes of the problem`;
  throw new DecentLabError('VALUE_INVALID', { what: 'local(rank)', expected, received: rank });
}
