/**
 * Adapt-then-combine around a rule: X⁺ = W (X − descent(G)). With SGD it is DSGD, with momentum DmSGD.
 * Sources: Chen and Sayed 2012, Diffusion adaptation; BlueFog's optimizer of this name (Ying et al. 2021).
 */
import { sub } from '../../math/elementwise.js';
import type { Algorithm } from '../algorithm.js';
import { labelOf, type RuleState } from './around.js';
import { checkedCommunication, combine, type CommunicationOptions } from './communication.js';
import type { Rule } from './rule.js';

/** Adapt-then-combine: the rule's step at home, then the average. */
export function adaptThenCombine<S>(
  rule: Rule<S>,
  { communication = 'neighborAllreduce' }: CommunicationOptions = {}
): Algorithm<RuleState<S>> {
  const kind = checkedCommunication('adaptThenCombine', communication);
  return {
    ...labelOf('adapt-then-combine', rule, { communication }),
    init: x => ({ x, memory: rule.init(x) }),
    step: async ({ x, memory }, node, k) => {
      const next = rule.step(memory, { x, g: await node.gradient(x) }, k);
      const combined = await combine(node.communicator, sub(x, next.descent), kind);
      return { x: combined, memory: next.memory };
    }
  };
}
