/**
 * AWC-DmSGD, momentum in the adapt-while-combine form: M⁺ = β M + G; X⁺ = W X − γ M⁺, M⁰ = 0.
 * Its limit is exactly the limit of AWC-DGD with step γ / (1 − β).
 * Source: Balu et al. 2020, Decentralized deep learning using momentum-accelerated consensus.
 */
import { sub } from '../math/elementwise.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { accelerated, type MomentumState } from './momentum.js';
import { checkedOptions, type LookAheadOptions } from './options.js';
import { rateAt } from './rates.js';

/** AWC-DmSGD with step size γ, momentum β = 0.9 and no look-ahead unless given. The exchange runs beside the gradient. */
export function awcDmsgd({
  gamma,
  beta = 0.9,
  nesterov = false
}: LookAheadOptions): Algorithm<MomentumState> {
  return {
    name: 'awc-dmsgd',
    options: checkedOptions('awc-dmsgd', { gamma, beta, nesterov }),
    init: x => ({ x, m: zerosLike(x) }),
    step: async ({ x, m }, node, k) => {
      const [Wx, g] = await Promise.all([node.communicator.neighborAllreduce(x), node.gradient(x)]);
      const next = accelerated({ m, g }, rateAt(beta, k), nesterov);
      return { x: sub(Wx, scale(rateAt(gamma, k), next.direction)), m: next.m };
    }
  };
}
