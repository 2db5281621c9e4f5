/**
 * Asynchronous push-sum, average consensus without waiting: whenever node i is ready,
 *   u_j ← u_j + c_ji u_i,  v_j ← v_j + c_ji v_i  at its out-neighbours j,   u_i ← c_ii u_i,  v_i ← c_ii v_i,   x_i = u_i / v_i,
 * with u = x⁰, v = 1 at first and c_ji = 1 / (1 + out-degree of i). Whatever the paces and delays, Σ u and Σ v stay, and
 * every x_i goes to Σ u / Σ v, the average of all x⁰.
 * Sources: Kempe, Dobra and Gehrke 2003, Gossip-based computation of aggregate information; Assran and Rabbat 2020,
 * Asynchronous gradient push.
 */
import { scale } from '../math/vectors.js';
import type { Algorithm } from './algorithm.js';
import { collectAll, openWindow, pushAndCollect, type Pair } from './asynchronous.js';
import type { PushSumState } from './push-sum.js';

const WINDOW = 'async-push-sum';

/** Asynchronous push-sum consensus. It asks for no gradient; any strongly connected directed graph will do. */
export function asyncPushSum(): Algorithm<PushSumState> {
  return {
    name: 'async-push-sum',
    options: {},
    init: async (x, { communicator }) => {
      await openWindow(communicator, [x, 1], { name: WINDOW, zeroInit: true });
      return { x, u: x, v: 1 };
    },
    step: async ({ u, v }, { communicator }) =>
      ratioOf(await pushAndCollect(communicator, [u, v], WINDOW)),
    finish: async (_, { communicator }) => ratioOf(await collectAll(communicator, WINDOW))
  };
}

/** x = u / v. */
export function ratioOf([u, v]: Pair): PushSumState {
  return { x: scale(1 / v, u), u, v };
}
