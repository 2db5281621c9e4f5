/**
 * DecentLaM, decentralized large-batch momentum: X⁺ = W (X − γ G) + β (X − X⁻), X⁻¹ = X⁰.
 * Its limit is that of DSGD(γ) for every β: momentum without the larger bias of DmSGD.
 * Source: Yuan et al. 2021, DecentLaM: Decentralized Momentum SGD for Large-batch Deep Training.
 *
 * An equal form for constant γ is M⁺ = β M + (X − W (X − γ G)) / γ; X⁺ = X − γ M⁺. With a step-size schedule the two
 * differ: that one multiplies β by γ_k / γ_{k−1}, pushes disagreement of small steps into later large ones, and divides by
 * 0 at the end of a cosine. Here a schedule means the form without division: β always acts on the last displacement,
 * the condition of stability holds in every step as it stands, and at γ = 0 what is left is accelerated averaging.
 */
import { addDifference } from '../math/kernels.js';
import type { Vector } from '../math/matrix.js';
import { axpy, zerosLike } from '../math/vectors.js';
import type { Algorithm, State } from './algorithm.js';
import { warnOfInstability } from './assumptions.js';
import { checkedOptions, type MomentumOptions } from './options.js';
import { rateAt } from './rates.js';

export interface DecentLaMState extends State {
  /** x⁻, the iterate before x. */
  previous: Vector;
  /** Memory for G and X − γ G, used again in every step: a thousand nodes wait for their memory, not for sums. */
  adapted: Vector;
}

/** DecentLaM with step size γ and momentum β = 0.9 unless given. Warns on a W with complex eigenvalues past whose limit β is. */
export function decentlam({ gamma, beta = 0.9 }: MomentumOptions): Algorithm<DecentLaMState> {
  return {
    name: 'decentlam',
    options: checkedOptions('decentlam', { gamma, beta }),
    init: (x, node) => {
      warnOfInstability('decentlam', node, rateAt(beta, 0));
      return { x, previous: x, adapted: zerosLike(x) };
    },
    step: async ({ x, previous, adapted }, node, k) => {
      const g = await node.gradient(x, undefined, adapted);
      const next = await node.communicator.neighborAllreduce(
        axpy(-rateAt(gamma, k), g, x, adapted)
      );
      // In the memory of the average W (X − γ G), which nobody else holds.
      addDifference(rateAt(beta, k), x, previous, next);
      return { x: next, previous: x, adapted };
    }
  };
}
