/**
 * EXTRA: X¹ = W X⁰ − γ G⁰; X⁺ = (I + W) X − W̄ X⁻ − γ (G − G⁻), W̄ = (I + W)/2. No bias: the limit is x*.
 * Source: Shi, Ling, Wu and Yin 2015, EXTRA: an exact first-order algorithm for decentralized consensus optimization.
 * Written with (I + W) = 2 W̄; with W̄ X⁻¹ = X⁰ and G⁻¹ = 0 the first step is a step as any other.
 */
import { sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm, State } from './algorithm.js';
import { warnOfInstability } from './assumptions.js';
import { lazyAllreduce } from './lazy.js';
import { checkedOptions, type StepOptions } from './options.js';
import { rateAt } from './rates.js';

export interface ExtraState extends State {
  /** W̄ x⁻. */
  lazyPrevious: Vector;
  /** γ g⁻, the descent of the step before. */
  descent: Vector;
}

/** EXTRA with step size γ. Made for symmetric W; warns where W makes it unstable. One exchange a step: W̄ x⁻ is kept from the step before. */
export function extra({ gamma }: StepOptions): Algorithm<ExtraState> {
  return {
    name: 'extra',
    options: checkedOptions('extra', { gamma }),
    init: (x, node) => {
      warnOfInstability('extra', node);
      return { x, lazyPrevious: x, descent: zerosLike(x) };
    },
    step: async (state, node, k) => {
      const descent = scale(rateAt(gamma, k), await node.gradient(state.x));
      const lazy = await lazyAllreduce(node.communicator, state.x);
      const x = sub(sub(scale(2, lazy), state.lazyPrevious), sub(descent, state.descent));
      return { x, lazyPrevious: lazy, descent };
    }
  };
}
