/**
 * Exact diffusion: Ψ = X − γ G; X⁺ = W̄ (Ψ + X − Ψ⁻), W̄ = (I + W)/2, Ψ⁻¹ = X⁰. No bias: the limit is x*.
 * Source: Yuan, Ying, Zhao and Sayed 2019, Exact diffusion for distributed optimization and learning.
 */
import { add, sub } from '../math/elementwise.js';
import { scale } from '../math/vectors.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, State } from './algorithm.js';
import type { StepOptions } from './dsgd.js';
import { lazyAllreduce } from './lazy.js';

export interface ExactDiffusionState extends State {
  /** Ψ⁻, the adapted iterate of the step before. */
  psi: Vector;
}

/** Exact diffusion with step size γ. Made for symmetric W; on the directed exponential graph it diverges from n = 16 on. */
export function exactDiffusion({ gamma }: StepOptions): Algorithm<ExactDiffusionState> {
  return {
    name: 'exact-diffusion',
    init: x => ({ x, psi: x }),
    step: async (state, node) => {
      const psi = sub(state.x, scale(gamma, await node.gradient(state.x)));
      const corrected = sub(add(psi, state.x), state.psi);
      return { x: await lazyAllreduce(node.communicator, corrected), psi };
    }
  };
}
