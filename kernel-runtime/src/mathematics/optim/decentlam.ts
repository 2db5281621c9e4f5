/**
 * DecentLaM, decentralized large-batch momentum: X⁺ = W (X − γ G) + β (X − X⁻), X⁻¹ = X⁰.
 * Its limit is that of DSGD(γ) for every β: momentum without the larger bias of DmSGD.
 * Source: Yuan et al. 2021, DecentLaM: Decentralized Momentum SGD for Large-batch Deep Training.
 * It needs real eigenvalues of W (symmetric W): see `checkStability` in theory.ts. The equal form with the momentum
 * (X − W (X − γ G)) / γ is not used, because it divides by γ, which is 0 at the end of many schedules.
 */
import { add, sub } from '../math/elementwise.js';
import { scale } from '../math/vectors.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, State } from './algorithm.js';
import type { MomentumOptions } from './dmsgd.js';

export interface DecentLaMState extends State {
  /** x⁻, the iterate before x. */
  previous: Vector;
}

/** DecentLaM with step size γ and momentum β = 0.9 unless given. */
export function decentlam({ gamma, beta = 0.9 }: MomentumOptions): Algorithm<DecentLaMState> {
  return {
    name: 'decentlam',
    init: x => ({ x, previous: x }),
    step: async ({ x, previous }, node) => {
      const g = await node.gradient(x);
      const mixed = await node.communicator.neighborAllreduce(sub(x, scale(gamma, g)));
      return { x: add(mixed, scale(beta, sub(x, previous))), previous: x };
    }
  };
}
