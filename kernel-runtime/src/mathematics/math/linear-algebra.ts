/** Factorisations: linear systems, symmetric eigenvalues and singular values by ml-matrix, others by our own QR. */
import { createRequire } from 'node:module';
import type { Matrix as Dense } from 'ml-matrix';
import { DecentLabError } from '../../errors.js';
import { generalEigenvalues } from './general-eigenvalues.js';
import { Matrix, type Vector } from './matrix.js';
import { shapeMismatch } from './shapes.js';

type MlMatrix = typeof import('ml-matrix');

const require = createRequire(import.meta.url);
let loaded: MlMatrix | undefined;

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
  const { Matrix: Dense, solve: solveDense } = library();
  return Float64Array.from(solveDense(toDense(A), Dense.columnVector(b)).to1DArray());
}

/**
 * All eigenvalues of a square matrix, complex ones included, largest modulus first.
 * @throws SHAPE_MISMATCH if A is not square
 * @throws VALUE_INVALID if an entry is not finite, or the eigenvalues do not converge
 */
export function eig(A: Matrix): Eigenvalues {
  if (A.rows !== A.columns) throw shapeMismatch('eig', 'a square matrix', A);
  assertFinite('eig', A);
  const { re, im } = isExactlySymmetric(A) ? symmetricEigenvalues(A) : generalEigenvalues(A);
  const order = Array.from(re.keys()).sort(
    (j, k) => Math.hypot(re[k], im[k]) - Math.hypot(re[j], im[j])
  );
  return { re: Float64Array.from(order, k => re[k]), im: Float64Array.from(order, k => im[k]) };
}

function symmetricEigenvalues(A: Matrix): Eigenvalues {
  const { EigenvalueDecomposition } = library();
  const { realEigenvalues } = new EigenvalueDecomposition(toDense(A), { assumeSymmetric: true });
  return { re: Float64Array.from(realEigenvalues), im: new Float64Array(A.rows) };
}

function isExactlySymmetric({ data, rows: n }: Matrix): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) if (data[i * n + j] !== data[j * n + i]) return false;
  }
  return true;
}

/** The library's iterations would go on for ever with NaN. */
function assertFinite(what: string, { data, columns }: Matrix): void {
  const odd = data.findIndex(entry => !Number.isFinite(entry));
  if (odd < 0) return;
  throw new DecentLabError('VALUE_INVALID', {
    what: `${what}, entry [${Math.floor(odd / columns)}][${odd % columns}]`,
    expected: 'a finite number',
    received: data[odd]
  });
}

/**
 * The singular values of a matrix, largest first.
 * @throws VALUE_INVALID if an entry is not finite
 */
export function singularValues(A: Matrix): Vector {
  assertFinite('singularValues', A);
  const options = { computeLeftSingularVectors: false, computeRightSingularVectors: false };
  const { SingularValueDecomposition } = library();
  const { diagonal } = new SingularValueDecomposition(toDense(A), {
    ...options,
    autoTranspose: true
  });
  return Float64Array.from(diagonal).sort().reverse();
}

function toDense(A: Matrix): Dense {
  return library().Matrix.from1DArray(A.rows, A.columns, A.data);
}

/** Loaded with the first factorisation: most engines and commands never need it. */
function library(): MlMatrix {
  return (loaded ??= require('ml-matrix') as MlMatrix);
}
