/**
 * Asynchronous DSGD: whenever node i is ready,
 *   x̂_j^(i) ← x_i  at its out-neighbours j,   x_i ← w_ii x_i + Σ_j w_ij x̂_i^(j) − γ ∇f_i(x_i),
 * where x̂_i^(j) is what neighbour j wrote last, however old. Nobody waits; unlike push-sum, old values may count twice, so
 * that the average of the x_i is not kept while they differ.
 * Sources: BlueFog's window-put optimizer (Ying and others 2021); Lian, Zhang, Zhang and Liu 2018, Asynchronous decentralized
 * parallel stochastic gradient descent.
 */
import { sub } from '../math/elementwise.js';
import type { Vector } from '../math/matrix.js';
import { scale } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { openWindow } from './asynchronous.js';
import { checkedOptions, type StepOptions } from './options.js';
import { rateAt } from './rates.js';

const WINDOW = 'async-dsgd';

/** Asynchronous DSGD with step size γ. The slots begin with x⁰, which all ranks should share. */
export function asyncDsgd({ gamma }: StepOptions): Algorithm {
  return {
    name: 'async-dsgd',
    options: checkedOptions('async-dsgd', { gamma }),
    init: async (x, { communicator }) => {
      await openWindow(communicator, x, { name: WINDOW, zeroInit: false });
      return { x };
    },
    step: async ({ x }, node, k) => {
      const g = await node.gradient(x);
      await node.communicator.winPut(x, WINDOW);
      const mixed = await node.communicator.winUpdate<Vector>(WINDOW);
      return { x: sub(mixed, scale(rateAt(gamma, k), g)) };
    },
    finish: async (state, { communicator }) => {
      await communicator.winFree(WINDOW);
      return state;
    }
  };
}
