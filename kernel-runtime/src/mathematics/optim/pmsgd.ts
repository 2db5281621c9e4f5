/**
 * PmSGD, parallel momentum SGD: m⁺ = β m + ḡ; x⁺ = x − γ m⁺, ḡ = (1/n) Σ g_i, m⁰ = 0. What most of deep learning runs.
 * Source: Polyak 1964, on the average gradient of all nodes.
 */
import { sub } from '../math/elementwise.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { accelerated, type MomentumState } from './momentum.js';
import { checkedOptions, type LookAheadOptions } from './options.js';
import { rateAt } from './rates.js';

/** PmSGD with step size γ, momentum β = 0.9 and no look-ahead unless given. All nodes must start at the same x⁰. */
export function pmsgd({
  gamma,
  beta = 0.9,
  nesterov = false
}: LookAheadOptions): Algorithm<MomentumState> {
  return {
    name: 'pmsgd',
    averagesGradients: true,
    options: checkedOptions('pmsgd', { gamma, beta, nesterov }),
    init: x => ({ x, m: zerosLike(x) }),
    step: async (state, node, k) => {
      const g = await node.communicator.allreduce(await node.gradient(state.x));
      const { m, direction } = accelerated({ m: state.m, g }, rateAt(beta, k), nesterov);
      return { x: sub(state.x, scale(rateAt(gamma, k), direction)), m };
    }
  };
}
