/**
 * DmSGD, decentralized momentum SGD: M⁺ = β M + G; X⁺ = W (X − γ M⁺), M⁰ = 0.
 * Its limit is exactly the limit of DSGD with step γ / (1 − β): momentum enlarges the bias by 1 / (1 − β)².
 * Source: Assran et al. 2019; the analysis is that of DecentLaM, Yuan et al. 2021.
 */
import { sub } from '../math/elementwise.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { accelerated, type MomentumState } from './momentum.js';
import { checkedOptions, type LookAheadOptions } from './options.js';
import { rateAt } from './rates.js';

/** DmSGD with step size γ, momentum β = 0.9 and no look-ahead unless given. */
export function dmsgd({
  gamma,
  beta = 0.9,
  nesterov = false
}: LookAheadOptions): Algorithm<MomentumState> {
  return {
    name: 'dmsgd',
    options: checkedOptions('dmsgd', { gamma, beta, nesterov }),
    init: x => ({ x, m: zerosLike(x) }),
    step: async (state, node, k) => {
      const g = await node.gradient(state.x);
      const { m, direction } = accelerated({ m: state.m, g }, rateAt(beta, k), nesterov);
      const adapted = sub(state.x, scale(rateAt(gamma, k), direction));
      return { x: await node.communicator.neighborAllreduce(adapted), m };
    }
  };
}
