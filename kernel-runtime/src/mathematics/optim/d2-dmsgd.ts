/**
 * D²-DmSGD, D² with the momentum in place of the gradient: M⁺ = β M + G; X⁺ = W (2X − X⁻ − γ (M⁺ − M)), M⁰ = 0.
 * Momentum without any bias: the limit is x*. Known as EDM, exact diffusion with momentum, where W is lazy.
 * The two momenta of a step are γ-weighted as in D²: with a schedule, γ_k M⁺ − γ_{k−1} M.
 */
import { sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { warnOfInstability } from './assumptions.js';
import { accelerated, type MomentumState } from './momentum.js';
import { checkedOptions, type LookAheadOptions } from './options.js';
import { rateAt } from './rates.js';

export interface D2MomentumState extends MomentumState {
  /** x⁻, the iterate before x. */
  previous: Vector;
  /** γ m⁻, the descent of the step before. */
  descent: Vector;
}

/** D²-DmSGD with step size γ, momentum β = 0.9 and no look-ahead unless given. Warns where W makes it unstable. */
export function d2Dmsgd({
  gamma,
  beta = 0.9,
  nesterov = false
}: LookAheadOptions): Algorithm<D2MomentumState> {
  return {
    name: 'd2-dmsgd',
    options: checkedOptions('d2-dmsgd', { gamma, beta, nesterov }),
    init: (x, node) => {
      warnOfInstability('d2-dmsgd', node);
      return { x, previous: x, m: zerosLike(x), descent: zerosLike(x) };
    },
    step: async (state, node, k) => {
      const g = await node.gradient(state.x);
      const { m, direction } = accelerated({ m: state.m, g }, rateAt(beta, k), nesterov);
      const descent = scale(rateAt(gamma, k), direction);
      const extrapolated = sub(scale(2, state.x), state.previous);
      const corrected = sub(extrapolated, sub(descent, state.descent));
      const x = await node.communicator.neighborAllreduce(corrected);
      return { x, previous: state.x, m, descent };
    }
  };
}
