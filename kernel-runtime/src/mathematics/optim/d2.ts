/**
 * D²: X⁺ = W (2X − X⁻ − γ (G − G⁻)), first step W (X − γ G). No bias: the limit is x*.
 * Source: Tang, Lian, Yan, Zhang and Liu 2018, D²: Decentralized training over decentralized data.
 * With X⁻¹ = X⁰ and G⁻¹ = 0 the first step is a step as any other. Needs λ_min(W) > −1/3 for symmetric W.
 */
import { sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm, State } from './algorithm.js';
import { warnOfInstability } from './assumptions.js';
import { checkedOptions, type StepOptions } from './options.js';
import { rateAt } from './rates.js';

export interface D2State extends State {
  /** x⁻, the iterate before x. */
  previous: Vector;
  /** γ g⁻, the descent of the step before. */
  descent: Vector;
}

/** D² with step size γ. Warns where W makes it unstable. */
export function d2({ gamma }: StepOptions): Algorithm<D2State> {
  return {
    name: 'd2',
    options: checkedOptions('d2', { gamma }),
    init: (x, node) => {
      warnOfInstability('d2', node);
      return { x, previous: x, descent: zerosLike(x) };
    },
    step: async (state, node, k) => {
      const descent = scale(rateAt(gamma, k), await node.gradient(state.x));
      const extrapolated = sub(scale(2, state.x), state.previous);
      const corrected = sub(extrapolated, sub(descent, state.descent));
      const x = await node.communicator.neighborAllreduce(corrected);
      return { x, previous: state.x, descent };
    }
  };
}
