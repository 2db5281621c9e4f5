/**
 * DA-DmSGD, doubly averaged: V = β M + G; X⁺ = W (X − γ V); M⁺ = W V, M⁰ = 0. The momenta are averaged as the iterates
 * are, in the same exchange; the bias is smaller than DmSGD's and still grows with β.
 * Source: Yu, Jin and Yang 2019, On the linear speedup analysis of communication efficient momentum SGD.
 */
import { sub } from '../math/elementwise.js';
import { axpy, scale, zerosLike } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import type { MomentumState } from './momentum.js';
import { checkedOptions, type MomentumOptions } from './options.js';
import { rateAt } from './rates.js';

/** DA-DmSGD with step size γ and momentum β = 0.9 unless given. */
export function daDmsgd({ gamma, beta = 0.9 }: MomentumOptions): Algorithm<MomentumState> {
  return {
    name: 'da-dmsgd',
    options: checkedOptions('da-dmsgd', { gamma, beta }),
    init: x => ({ x, m: zerosLike(x) }),
    step: async (state, node, k) => {
      const v = axpy(rateAt(beta, k), state.m, await node.gradient(state.x));
      const adapted = sub(state.x, scale(rateAt(gamma, k), v));
      const [x, m] = await node.communicator.neighborAllreduce([adapted, v]);
      return { x, m };
    }
  };
}
