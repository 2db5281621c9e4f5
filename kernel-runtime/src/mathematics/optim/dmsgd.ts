/**
 * DmSGD, decentralized momentum SGD: M⁺ = β M + G; X⁺ = W (X − γ M⁺), M⁰ = 0.
 * Its limit is exactly the limit of DSGD with step γ / (1 − β): momentum enlarges the bias by 1 / (1 − β)².
 * Source: Assran et al. 2019; the analysis is that of DecentLaM, Yuan et al. 2021.
 */
import { add, sub } from '../math/elementwise.js';
import { scale, zeros } from '../math/vectors.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, State } from './algorithm.js';
import type { StepOptions } from './dsgd.js';

export interface MomentumOptions extends StepOptions {
  /** The momentum β, from 0 to below 1. Defaults to 0.9. */
  beta?: number;
}

export interface MomentumState extends State {
  /** The momentum m. */
  m: Vector;
}

/** DmSGD with step size γ and momentum β = 0.9 unless given. */
export function dmsgd({ gamma, beta = 0.9 }: MomentumOptions): Algorithm<MomentumState> {
  return {
    name: 'dmsgd',
    init: x => ({ x, m: zeros(x.length) }),
    step: async (state, node) => {
      const m = add(scale(beta, state.m), await node.gradient(state.x));
      const x = await node.communicator.neighborAllreduce(sub(state.x, scale(gamma, m)));
      return { x, m };
    }
  };
}
