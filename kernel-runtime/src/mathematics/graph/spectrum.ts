/** What the eigenvalues of W say: how fast averaging is, and which algorithms are stable. */
import { add, mul } from '../math/elementwise.js';
import { eig, singularValues, type Eigenvalues } from '../math/linear-algebra.js';
import { Matrix } from '../math/matrix.js';
import { transpose } from '../math/matrices.js';
import { ones, scale } from '../math/vectors.js';
import type { Topology } from './topology.js';

export interface Spectrum {
  /** ρ = ‖W − 11ᵀ/n‖₂: the factor by which one averaging step shrinks the disagreement at least. */
  rho: number;
  /** The largest modulus of the eigenvalues of W − 11ᵀ/n: the rate in the long run. Equal to ρ for symmetric W. */
  secondModulus: number;
  /** The least real part of the eigenvalues of W. */
  lambdaMin: number;
  /** The spectral gap 1 − ρ. */
  gap: number;
  /** All eigenvalues of W, largest modulus first; imaginary parts are not 0 for many directed graphs. */
  eigenvalues: Eigenvalues;
}

/**
 * The spectrum of a topology or of its W. About 0.5 s for 256 nodes.
 * @throws SHAPE_MISMATCH if W is not square
 */
export function spectrum(graph: Topology | Matrix): Spectrum {
  const W = graph instanceof Matrix ? graph : graph.W;
  const n = W.rows;
  const eigenvalues = eigenvaluesOf(W);
  const disagreement = add(W, scale(-1 / n, ones(n, n)));
  const rho = Math.max(0, singularValues(disagreement)[0]);
  const modes = eigenvaluesOf(disagreement);
  return {
    rho,
    secondModulus: Math.hypot(modes.re[0], modes.im[0]),
    lambdaMin: Math.min(...eigenvalues.re),
    gap: 1 - rho,
    eigenvalues
  };
}

/** Whether W equals its transpose to 1e-12. */
export function isSymmetric(W: Matrix): boolean {
  const mirrored = transpose(W);
  return (
    W.rows === W.columns && W.data.every((weight, k) => Math.abs(weight - mirrored.data[k]) < 1e-12)
  );
}

/** The eigenvalues of W; exactly real ones where W is symmetric up to rounding. */
function eigenvaluesOf(W: Matrix): Eigenvalues {
  if (!isSymmetric(W)) return eig(W);
  return eig(mul(0.5, add(W, transpose(W))));
}
