/**
 * SlowMo, here over DmSGD: M⁺ = β M + G; X⁺ = W (X − γ M⁺); and after every τ steps, with x̄ the
 * average of all nodes, u⁺ = β_s u + (x₀ − x̄) / γ; x₀⁺ = x₀ − α γ u⁺; all nodes go on from x₀⁺. M is kept, u⁰ = 0.
 * Source: Wang, Tantia, Ballas and Rabbat 2020, SlowMo.
 *
 * Kept is γ u, so that nothing is divided by γ: equal for a constant γ, and without NaN where a schedule ends at 0.
 */
import { sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { axpy, scale } from '../math/vectors.js';
import type { Algorithm, State } from './algorithm.js';
import { dmsgd } from './dmsgd.js';
import { checkedOptions, type LookAheadOptions } from './options.js';

export interface SlowOptions {
  /** Steps between two slow ones. Defaults to 10. */
  tau?: number;
  /** The slow momentum β_s. Defaults to 0.5. */
  slowBeta?: number;
  /** The slow step α. Defaults to 1. */
  alpha?: number;
}

export type SlowMoOptions = LookAheadOptions & SlowOptions;

/** The state of the base, and: */
export interface SlowMoState extends State {
  /** x₀, where all nodes were at the last slow step. */
  anchor: Vector;
  /** γ u, the slow momentum. */
  slow: Vector;
}

/** SlowMo over DmSGD with step size γ, β = 0.9, τ = 10, β_s = 0.5 and α = 1 unless given. */
export function slowmo(options: SlowMoOptions): Algorithm<SlowMoState> {
  const { gamma, beta = 0.9, nesterov = false, ...slow } = options;
  const base = dmsgd({ gamma, beta, nesterov });
  return { ...slowMomentum(base, slow), name: 'slowmo' };
}

/**
 * The slow momentum of SlowMo over another base, such as `adaptThenCombine(adam({ gamma }))`, with τ = 10, β_s = 0.5 and
 * α = 1 unless given. The base must be able to go on from another x with the rest of its state as it is.
 */
export function slowMomentum(
  base: Algorithm,
  { tau = 10, slowBeta = 0.5, alpha = 1 }: SlowOptions = {}
): Algorithm<SlowMoState> {
  const options = { ...base.options, tau, slowBeta, alpha };
  return {
    name: `slow-momentum of ${base.name}`,
    options: checkedOptions('slowmo', options),
    init: async (x, node) => ({
      ...(await base.init(x, node)),
      anchor: await node.communicator.allreduce(x),
      slow: scale(0, x)
    }),
    step: async ({ anchor, slow, ...fast }, node, k) => {
      const reached = await base.step(fast, node, k);
      if ((k + 1) % tau !== 0) return { ...reached, anchor, slow };
      const average = await node.communicator.allreduce(reached.x);
      const u = axpy(slowBeta, slow, sub(anchor, average));
      const next = sub(anchor, scale(alpha, u));
      return { ...reached, x: next, anchor: next, slow: u };
    }
  };
}
