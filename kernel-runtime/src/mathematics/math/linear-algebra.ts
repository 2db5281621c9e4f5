/** Factorisations, by ml-matrix: linear systems, eigenvalues, singular values. */
import {
  EigenvalueDecomposition,
  Matrix as Dense,
  SingularValueDecomposition,
  solve as solveDense
} from 'ml-matrix';
import { Matrix, type Vector } from './matrix.js';
import { shapeMismatch } from './shapes.js';

/** Eigenvalues as real and imaginary parts, largest modulus first. */
export interface Eigenvalues {
  re: Vector;
  im: Vector;
}

/**
 * x with A x = b for a square A (LU), or the least-squares solution for a tall A (QR).
 * @throws SHAPE_MISMATCH if b has not one entry a row of A
 */
export function solve(A: Matrix, b: Vector): Vector {
  if (A.rows !== b.length) throw shapeMismatch('solve', `${A.rows} entries, the rows of A`, b);
  return Float64Array.from(solveDense(toDense(A), Dense.columnVector(b)).to1DArray());
}

/**
 * All eigenvalues of a square matrix, complex ones included, largest modulus first.
 * @throws SHAPE_MISMATCH if A is not square
 */
export function eig(A: Matrix): Eigenvalues {
  if (A.rows !== A.columns) throw shapeMismatch('eig', 'a square matrix', A);
  const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(toDense(A));
  const order = re
    .map((_, k) => k)
    .sort((j, k) => Math.hypot(re[k], im[k]) - Math.hypot(re[j], im[j]));
  return { re: Float64Array.from(order, k => re[k]), im: Float64Array.from(order, k => im[k]) };
}

/** The singular values of a matrix, largest first. */
export function singularValues(A: Matrix): Vector {
  const options = { computeLeftSingularVectors: false, computeRightSingularVectors: false };
  const { diagonal } = new SingularValueDecomposition(toDense(A), {
    ...options,
    autoTranspose: true
  });
  return Float64Array.from(diagonal).sort().reverse();
}

function toDense(A: Matrix): Dense {
  return Dense.from1DArray(A.rows, A.columns, A.data);
}
