/**
 * Gradient all-reduce around a rule: ḡ = (1/n) Σ g_i; x⁺ = x − descent(ḡ). All nodes share one x. With momentum it is PmSGD.
 * What Horovod and PyTorch's DistributedDataParallel do (Sergeev and Del Balso 2018).
 */
import { sub } from '../../math/elementwise.js';
import type { Algorithm } from '../algorithm.js';
import { labelOf, type RuleState } from './around.js';
import type { Rule } from './rule.js';

/** Gradient all-reduce. All nodes must start at the same x⁰. */
export function gradientAllreduce<S>(rule: Rule<S>): Algorithm<RuleState<S>> {
  return {
    ...labelOf('gradient-allreduce', rule),
    averagesGradients: true,
    init: x => ({ x, memory: rule.init(x) }),
    step: async ({ x, memory }, node, k) => {
      const g = await node.communicator.allreduce(await node.gradient(x));
      const next = rule.step(memory, { x, g }, k);
      return { x: sub(x, next.descent), memory: next.memory };
    }
  };
}
