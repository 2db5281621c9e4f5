/**
 * For which W and β the algorithms are stable, for γ → 0. Every eigenvalue λ ≠ 1 of W is a mode of disagreement, and the
 * algorithm a recursion on it; it dies out if the roots of the recursion lie inside the unit disc, for complex λ too.
 */
import { Matrix } from '../math/matrix.js';
import { add, mul } from '../math/elementwise.js';
import { eig } from '../math/linear-algebra.js';
import { identity } from '../math/matrices.js';

const TOLERANCE = 1e-12;
const IS_ONE = 1e-9;
const BETA_STEPS = 1000;

interface Complex {
  re: number;
  im: number;
}

/** The largest modulus of the roots of r² − (λ + β) r + β over the eigenvalues λ ≠ 1 of W: DecentLaM's disagreement. */
export function decentlamRadius(W: Matrix, beta: number): number {
  return largestRadius(disagreementModes(W), beta);
}

/** The largest modulus of the roots of r² − 2λ r + λ, λ ≠ 1 an eigenvalue of W: D² on W. */
export function d2Radius(W: Matrix): number {
  return Math.max(
    0,
    ...disagreementModes(W).map(({ re, im }) => rootRadius({ re: 2 * re, im: 2 * im }, { re, im }))
  );
}

/** The same for exact diffusion and EXTRA, which use W̄ = (I + W) / 2. */
export function exactRadius(W: Matrix): number {
  return d2Radius(mul(0.5, add(identity(W.rows), W)));
}

/** The smallest β at which DecentLaM's disagreement no longer dies out on W, to 1e-6; 1 if there is none below 1. */
export function largestStableBeta(W: Matrix): number {
  const modes = disagreementModes(W);
  const isUnstable = (beta: number): boolean => largestRadius(modes, beta) >= 1 - TOLERANCE;
  for (let k = 1; k < BETA_STEPS; k++) {
    if (!isUnstable(k / BETA_STEPS)) continue;
    let [stable, unstable] = [(k - 1) / BETA_STEPS, k / BETA_STEPS];
    while (unstable - stable > 1e-6) {
      const middle = (stable + unstable) / 2;
      if (isUnstable(middle)) unstable = middle;
      else stable = middle;
    }
    return unstable;
  }
  return 1;
}

export type CheckedAlgorithm = 'decentlam' | 'exact-diffusion' | 'extra';

/**
 * Why the algorithm diverges on W, in one sentence with a remedy, or null if its disagreement dies out.
 * @param options `beta` is DecentLaM's momentum, 0.9 unless given
 */
export function checkStability(
  algorithm: CheckedAlgorithm,
  W: Matrix,
  { beta = 0.9 }: { beta?: number } = {}
): string | null {
  const radius = algorithm === 'decentlam' ? decentlamRadius(W, beta) : exactRadius(W);
  if (radius <= 1 + TOLERANCE) return null;
  const cure = 'Use a symmetric W, e.g. symmetricExponentialGraph(n)';
  const seen = `its disagreement grows by ${radius.toFixed(3)} a step, because W has complex eigenvalues`;
  if (algorithm !== 'decentlam')
    return `${algorithm} diverges on this W: ${seen}. ${cure}, or gradientTracking.`;
  const limit = largestStableBeta(W).toFixed(3);
  return `decentlam with beta = ${beta} diverges on this W: ${seen}. ${cure}, or a beta below ${limit}.`;
}

function largestRadius(modes: readonly Complex[], beta: number): number {
  return Math.max(
    0,
    ...modes.map(({ re, im }) => rootRadius({ re: re + beta, im }, { re: beta, im: 0 }))
  );
}

/** The eigenvalues of W but the one of the average, which is 1. */
function disagreementModes(W: Matrix): Complex[] {
  const { re, im } = eig(W);
  const all = Array.from(re, (_, k) => ({ re: re[k], im: im[k] }));
  return all.filter(mode => Math.hypot(mode.re - 1, mode.im) > IS_ONE);
}

/** The larger modulus of the two roots of r² − p r + q. */
function rootRadius(p: Complex, q: Complex): number {
  const square = { re: p.re ** 2 - p.im ** 2 - 4 * q.re, im: 2 * p.re * p.im - 4 * q.im };
  const root = squareRoot(square);
  return (
    Math.max(
      Math.hypot(p.re + root.re, p.im + root.im),
      Math.hypot(p.re - root.re, p.im - root.im)
    ) / 2
  );
}

function squareRoot({ re, im }: Complex): Complex {
  const modulus = Math.hypot(re, im);
  const half = Math.sqrt(Math.max(0, (modulus + re) / 2));
  return { re: half, im: Math.sign(im || 1) * Math.sqrt(Math.max(0, (modulus - re) / 2)) };
}
