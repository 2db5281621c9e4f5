/**
 * QG-DmSGD, quasi-global momentum: X⁺ = W (X − γ (β M + G)); M⁺ = μ M + (1 − μ) (X − X⁺) / γ, μ = β, M⁰ = 0.
 * The momentum is made of what all did, not of the own gradients: the limit is that of DSGD(γ) for every β.
 * Source: Lin, Karimireddy, Stich and Jaggi 2021, Quasi-global momentum; μ and β as in the authors' code.
 *
 * Kept is V = γ M, the running mean of displacements, so that nothing is divided by γ: equal for a constant γ, and
 * without NaN where a schedule ends at 0.
 */
import { add, sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { scale, zerosLike } from '../math/vectors.js';
import type { Algorithm, State } from './algorithm.js';
import { checkedOptions, type MomentumOptions } from './options.js';
import { rateAt, type Rate } from './rates.js';

export interface QuasiGlobalOptions extends MomentumOptions {
  /** The weight of the past in the mean of displacements. Defaults to β. */
  mu?: Rate;
}

export interface QuasiGlobalState extends State {
  /** V = γ M. */
  v: Vector;
}

/** QG-DmSGD with step size γ, momentum β = 0.9 and μ = β unless given. */
export function qgDmsgd({
  gamma,
  beta = 0.9,
  mu = beta
}: QuasiGlobalOptions): Algorithm<QuasiGlobalState> {
  return {
    name: 'qg-dmsgd',
    options: checkedOptions('qg-dmsgd', { gamma, beta, mu }),
    init: x => ({ x, v: zerosLike(x) }),
    step: async (state, node, k) => {
      const past = rateAt(mu, k);
      const g = scale(rateAt(gamma, k), await node.gradient(state.x));
      const adapted = sub(state.x, add(scale(rateAt(beta, k), state.v), g));
      const x = await node.communicator.neighborAllreduce(adapted);
      return { x, v: add(scale(past, state.v), scale(1 - past, sub(state.x, x))) };
    }
  };
}
