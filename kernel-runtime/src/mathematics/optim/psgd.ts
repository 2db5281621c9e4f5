/**
 * PSGD, parallel SGD: x⁺ = x − γ ḡ, ḡ = (1/n) Σ g_i. Every node takes the same step along the exact average of all
 * gradients: gradient descent without bias, for the price of an all-reduce a step.
 */
import { sub } from '../math/elementwise.js';
import { scale } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { checkedOptions, type StepOptions } from './options.js';
import { rateAt } from './rates.js';

/** PSGD with step size γ. All nodes must start at the same x⁰. */
export function psgd({ gamma }: StepOptions): Algorithm {
  return {
    name: 'psgd',
    averagesGradients: true,
    options: checkedOptions('psgd', { gamma }),
    init: x => ({ x }),
    step: async ({ x }, node, k) => {
      const g = await node.communicator.allreduce(await node.gradient(x));
      return { x: sub(x, scale(rateAt(gamma, k), g)) };
    }
  };
}
