/**
 * Asynchronous gradient push, stochastic gradient push without waiting: whenever node i is ready,
 *   u_i ← u_i − γ ∇f_i(x_i),  then a turn of asynchronous push-sum,  x_i = u_i / v_i.
 * A node that takes its steps twice as often counts twice: for small γ all x_i come close to the minimum of Σ r_i f_i, r_i
 * the steps of node i per time.
 * Sources: Assran and Rabbat 2020, Asynchronous gradient push; Assran, Loizou, Ballas and Rabbat 2019, Stochastic gradient
 * push for distributed deep learning.
 */
import { sub } from '../math/elementwise.js';
import { scale } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { ratioOf } from './async-push-sum.js';
import { collectAll, openWindow, pushAndCollect } from './asynchronous.js';
import { checkedOptions, type StepOptions } from './options.js';
import type { PushSumState } from './push-sum.js';
import { rateAt } from './rates.js';

const WINDOW = 'async-gradient-push';

/**
 * Asynchronous gradient push with step size γ. Let ranks of different pace run for the same time (`until` of `iterate`)
 * rather than the same number of steps: what is pushed to a rank that has stopped does not come back before the end.
 */
export function asyncGradientPush({ gamma }: StepOptions): Algorithm<PushSumState> {
  return {
    name: 'async-gradient-push',
    options: checkedOptions('async-gradient-push', { gamma }),
    init: async (x, { communicator }) => {
      await openWindow(communicator, [x, 1], { name: WINDOW, zeroInit: true });
      return { x, u: x, v: 1 };
    },
    step: async ({ x, u, v }, node, k) => {
      const adapted = sub(u, scale(rateAt(gamma, k), await node.gradient(x)));
      return ratioOf(await pushAndCollect(node.communicator, [adapted, v], WINDOW));
    },
    finish: async (_, { communicator }) => ratioOf(await collectAll(communicator, WINDOW))
  };
}
