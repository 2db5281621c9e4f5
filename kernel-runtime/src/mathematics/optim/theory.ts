/** Where the algorithms end: limits for quadratic losses by one linear system, and the size of the bias. */
import { Matrix, type Vector } from '../math/matrix.js';
import { matmul } from '../math/matrices.js';
import { solve } from '../math/linear-algebra.js';
import { dot, mean } from '../math/vectors.js';
import { sub } from '../math/elementwise.js';
import type { Topology } from '../graph/topology.js';

/** f_i(x) = ½ xᵀ H x − cᵀ x + …, so that ∇f_i(x) = H x − c. */
export interface Quadratic {
  readonly hessian: Matrix;
  readonly linear: Vector;
}

/** The minimiser of Σ f_i: (Σ H_i) x = Σ c_i. */
export function minimiser(losses: readonly Quadratic[]): Vector {
  const total = new Matrix(mean(losses.map(loss => loss.hessian.data)), ...shapeOf(losses));
  return solve(total, mean(losses.map(loss => loss.linear)));
}

/**
 * The limit of DSGD(γ), one vector a node: X = W (X − γ (H X − c)). It is the limit of DecentLaM(γ, β) for every β too.
 * Solves one system of n·d equations.
 */
export function dsgdLimit(losses: readonly Quadratic[], { W }: Topology, gamma: number): Vector[] {
  const d = losses[0].linear.length;
  return solveBlocks(losses.length, d, (i, j) => ({
    block: (p, q) => {
      const unit = p === q ? 1 : 0;
      return (i === j ? unit : 0) - W.at(i, j) * (unit - gamma * losses[j].hessian.at(p, q));
    },
    right: p => gamma * W.at(i, j) * losses[j].linear[p]
  }));
}

/** The limit of AWC-DGD(γ), one vector a node: (I − W) X + γ H X = γ c. */
export function awcDgdLimit(
  losses: readonly Quadratic[],
  { W }: Topology,
  gamma: number
): Vector[] {
  const d = losses[0].linear.length;
  return solveBlocks(losses.length, d, (i, j) => ({
    block: (p, q) => {
      const own = i === j ? gamma * losses[j].hessian.at(p, q) : 0;
      return own + (p === q ? (i === j ? 1 : 0) - W.at(i, j) : 0);
    },
    right: p => (i === j ? gamma * losses[j].linear[p] : 0)
  }));
}

/**
 * The limit of DmSGD(γ, β), one vector a node. In the limit M = G / (1 − β), so it is that of DSGD(γ / (1 − β)).
 */
export function dmsgdLimit(
  losses: readonly Quadratic[],
  topology: Topology,
  { gamma, beta }: { gamma: number; beta: number }
): Vector[] {
  return dsgdLimit(losses, topology, gamma / (1 - beta));
}

/** b² = (1/n) Σ ‖∇f_i(x*)‖²: how much the nodes disagree about the optimum. 0 for equal data everywhere. */
export function heterogeneity(
  losses: readonly Quadratic[],
  xStar: Vector = minimiser(losses)
): number {
  return mean(
    losses.map(({ hessian, linear }) => squaredNorm(sub(matmul(hessian, xStar), linear)))
  );
}

/** (1/n) Σ ‖x_i − x*‖² / ‖x*‖², the relative error of all nodes. */
export function relativeError(xs: readonly Vector[], xStar: Vector): number {
  return mean(xs.map(x => squaredNorm(sub(x, xStar)))) / squaredNorm(xStar);
}

/**
 * The order of the limiting bias (1/n) Σ ‖x_i − x*‖² for γ → 0: γ² b² / ((1 − β)² (1 − ρ)²) for DmSGD, with β = 0 for
 * DSGD and DecentLaM. A worst case: the exponents are met if the nodes differ along the slowest mode of W.
 */
export function biasOrder({
  gamma,
  rho,
  b2,
  beta = 0
}: {
  gamma: number;
  rho: number;
  b2: number;
  beta?: number;
}): number {
  return (gamma ** 2 * b2) / ((1 - beta) ** 2 * (1 - rho) ** 2);
}

function squaredNorm(x: Vector): number {
  return dot(x, x);
}

function shapeOf([{ hessian }]: readonly Quadratic[]): [number, number] {
  return [hessian.rows, hessian.columns];
}

interface Blocks {
  block(p: number, q: number): number;
  right(p: number): number;
}

/** Solves Σ_j B_ij x_j = Σ_j r_ij for n blocks of d unknowns. */
function solveBlocks(n: number, d: number, blocks: (i: number, j: number) => Blocks): Vector[] {
  const system = new Matrix(new Float64Array((n * d) ** 2), n * d, n * d);
  const right = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const { block, right: part } = blocks(i, j);
      for (let p = 0; p < d; p++) {
        right[i * d + p] += part(p);
        for (let q = 0; q < d; q++) system.data[(i * d + p) * n * d + j * d + q] = block(p, q);
      }
    }
  }
  const x = solve(system, right);
  return Array.from({ length: n }, (_, i) => x.slice(i * d, (i + 1) * d));
}
