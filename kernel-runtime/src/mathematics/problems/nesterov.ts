/** Nesterov's method for a strongly convex loss: finds x* where no closed form is known. */
import type { Vector } from '../math/matrix.js';
import { add, sub } from '../math/elementwise.js';
import { norm, scale } from '../math/vectors.js';

export interface NesterovOptions {
  x0: Vector;
  /** ∇f. To minimise the mean loss of all nodes, let it return the allreduce of the local gradients. */
  gradient(x: Vector): Vector | Promise<Vector>;
  /** L, the largest curvature. */
  smoothness: number;
  /** μ, the least curvature, above 0. */
  convexity: number;
  /** Ends when ‖∇f‖ is below this. Defaults to 1e-6, about what float32 gradients can reach. */
  tolerance?: number;
  /** At most this many gradients. Defaults to 2000. */
  mostSteps?: number;
}

export interface Minimum {
  x: Vector;
  /** ‖∇f(x)‖; the distance to x* is at most this over μ. */
  gradientNorm: number;
  steps: number;
}

/**
 * y = x + (√κ − 1)/(√κ + 1) (x − x⁻), x⁺ = y − ∇f(y)/L, κ = L/μ (Nesterov 2004, 2.2.1).
 * The same numbers on every rank if the gradient is.
 */
export async function nesterov(options: NesterovOptions): Promise<Minimum> {
  const { x0, gradient, smoothness, convexity, tolerance = 1e-6, mostSteps = 2000 } = options;
  const root = Math.sqrt(smoothness / convexity);
  const momentum = (root - 1) / (root + 1);
  let [x, previous] = [x0, x0];
  for (let steps = 1; ; steps++) {
    const y = add(x, scale(momentum, sub(x, previous)));
    const g = await gradient(y);
    const gradientNorm = norm(g);
    if (gradientNorm <= tolerance || steps >= mostSteps) return { x: y, gradientNorm, steps };
    previous = x;
    x = sub(y, scale(1 / smoothness, g));
  }
}
