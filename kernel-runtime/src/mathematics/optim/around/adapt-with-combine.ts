/**
 * Adapt-with-combine around a rule: X⁺ = W X − descent(G). The exchange runs beside the gradient. With SGD it is AWC-DGD.
 * Source: BlueFog's optimizer of this name (Ying et al. 2021); Nedić and Ozdaglar 2009 for SGD.
 */
import { sub } from '../../math/elementwise.js';
import type { Algorithm } from '../algorithm.js';
import { labelOf, type RuleState } from './around.js';
import { checkedCommunication, combine, type CommunicationOptions } from './communication.js';
import type { Rule } from './rule.js';

/** Adapt-with-combine: the average is under way while the gradient is computed. */
export function adaptWithCombine<S>(
  rule: Rule<S>,
  { communication = 'neighborAllreduce' }: CommunicationOptions = {}
): Algorithm<RuleState<S>> {
  const kind = checkedCommunication('adaptWithCombine', communication);
  return {
    ...labelOf('adapt-with-combine', rule, { communication }),
    init: x => ({ x, memory: rule.init(x) }),
    step: async ({ x, memory }, node, k) => {
      const [combined, g] = await Promise.all([
        combine(node.communicator, x, kind),
        node.gradient(x)
      ]);
      const next = rule.step(memory, { x, g }, k);
      return { x: sub(combined, next.descent), memory: next.memory };
    }
  };
}
