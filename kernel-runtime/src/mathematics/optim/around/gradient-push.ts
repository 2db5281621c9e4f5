/**
 * Gradient push around a rule, for directed graphs: U⁺ = C (U − descent(G)); v⁺ = C v; X⁺ = U⁺ / v⁺, with G taken at X,
 * U⁰ = X⁰, v⁰ = 1 and C column stochastic.
 * Source: Assran, Loizou, Ballas and Rabbat 2019, Stochastic gradient push for distributed deep learning.
 */
import { sub } from '../../math/elementwise.js';
import { scale } from '../../math/vectors.js';
import type { Algorithm } from '../algorithm.js';
import { pushAllreduce } from '../column-stochastic.js';
import type { PushSumState } from '../push-sum.js';
import { labelOf, type RuleState } from './around.js';
import type { Rule } from './rule.js';

/** Gradient push: push-sum of what the rule makes at home. One exchange a step; any strongly connected graph will do. */
export function gradientPush<S>(rule: Rule<S>): Algorithm<RuleState<S> & PushSumState> {
  return {
    ...labelOf('gradient-push', rule),
    init: x => ({ x, u: x, v: 1, memory: rule.init(x) }),
    step: async ({ x, memory, ...state }, node, k) => {
      const next = rule.step(memory, { x, g: await node.gradient(x) }, k);
      const pushed = [sub(state.u, next.descent), state.v] as const;
      const [u, v] = await pushAllreduce(node.communicator, pushed);
      return { x: scale(1 / v, u), u, v, memory: next.memory };
    }
  };
}
