/**
 * EXTRA: X¹ = W X⁰ − γ G⁰; X⁺ = (I + W) X − W̄ X⁻ − γ (G − G⁻), W̄ = (I + W)/2. No bias: the limit is x*.
 * Source: Shi, Ling, Wu and Yin 2015, EXTRA: an exact first-order algorithm for decentralized consensus optimization.
 * Written with (I + W) = 2 W̄; with W̄ X⁻¹ = X⁰ and G⁻¹ = 0 the first step is a step as any other.
 */
import { sub } from '../math/elementwise.js';
import { scale, zeros } from '../math/vectors.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, State } from './algorithm.js';
import type { StepOptions } from './dsgd.js';
import { lazyAllreduce } from './lazy.js';

export interface ExtraState extends State {
  /** W̄ x⁻. */
  lazyPrevious: Vector;
  /** The gradient at x⁻. */
  g: Vector;
}

/** EXTRA with step size γ. Made for symmetric W. One exchange a step: W̄ x⁻ is kept from the step before. */
export function extra({ gamma }: StepOptions): Algorithm<ExtraState> {
  return {
    name: 'extra',
    init: x => ({ x, lazyPrevious: x, g: zeros(x.length) }),
    step: async (state, node) => {
      const g = await node.gradient(state.x);
      const lazy = await lazyAllreduce(node.communicator, state.x);
      const x = sub(sub(scale(2, lazy), state.lazyPrevious), scale(gamma, sub(g, state.g)));
      return { x, lazyPrevious: lazy, g };
    }
  };
}
