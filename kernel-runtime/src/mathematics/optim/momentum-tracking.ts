/**
 * Momentum tracking: M⁺ = β M + G; X⁺ = W X − γ (M⁺ − C); C⁺ = W (C − M⁺) + M⁺, M⁰ = C⁰ = 0.
 * C follows how far the own momentum is from the average one, so that no heterogeneity is left: the limit is x* for
 * every β. X and C − M⁺ travel in one exchange a step.
 * Source: Takezawa, Bao, Niwa, Sato and Yamada 2023, Momentum tracking; the order of averaging as in the authors' code.
 */
import { add, sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { axpy, scale, zerosLike } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import type { MomentumState } from './momentum.js';
import { checkedOptions, type MomentumOptions } from './options.js';
import { rateAt } from './rates.js';

export interface MomentumTrackingState extends MomentumState {
  /** The correction c; it sums to 0 over all nodes. */
  c: Vector;
}

/** Momentum tracking with step size γ and momentum β = 0.9 unless given, for any doubly stochastic W. */
export function momentumTracking({
  gamma,
  beta = 0.9
}: MomentumOptions): Algorithm<MomentumTrackingState> {
  return {
    name: 'momentum-tracking',
    options: checkedOptions('momentum-tracking', { gamma, beta }),
    init: x => ({ x, m: zerosLike(x), c: zerosLike(x) }),
    step: async (state, node, k) => {
      const m = axpy(rateAt(beta, k), state.m, await node.gradient(state.x));
      const [Wx, Wd] = await node.communicator.neighborAllreduce([state.x, sub(state.c, m)]);
      const x = sub(Wx, scale(rateAt(gamma, k), sub(m, state.c)));
      return { x, m, c: add(Wd, m) };
    }
  };
}
