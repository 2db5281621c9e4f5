/**
 * Asynchronous adapt-with-combine around a rule: x_i is written into the windows of the out-neighbours; then
 *   x_i ← w_ii x_i + Σ_j w_ij x̂_i^(j) − descent(g_i),
 * x̂_i^(j) being what neighbour j wrote last, however old. Nobody waits.
 * Source: BlueFog's window-put optimizer (Ying et al. 2021).
 */
import type { Communicator } from '../../communicator/communicator.js';
import { sub } from '../../math/elementwise.js';
import type { Vector } from '../../math/matrix.js';
import type { Algorithm } from '../algorithm.js';
import { openWindow } from '../asynchronous.js';
import { labelOf, type RuleState } from './around.js';
import type { Rule } from './rule.js';

export interface WinPutRuleOptions {
  /** Names the window; runs at the same time need different names. Defaults to `'adapt-with-win-put'`. */
  windowName?: string;
}

/**
 * Asynchronous adapt-with-combine. `finish` frees the window. Slots begin with the own x, also after a checkpoint, which
 * holds what is this rank's.
 */
export function adaptWithWinPut<S>(
  rule: Rule<S>,
  { windowName = 'adapt-with-win-put' }: WinPutRuleOptions = {}
): Algorithm<RuleState<S>> {
  const isOpen = (communicator: Communicator): boolean =>
    communicator.getCurrentCreatedWindowNames().includes(windowName);
  return {
    ...labelOf('adapt-with-win-put', rule, { windowName }),
    init: async (x, { communicator }) => {
      await openWindow(communicator, x, { name: windowName, zeroInit: false });
      return { x, memory: rule.init(x) };
    },
    step: async ({ x, memory }, { communicator, gradient }, k) => {
      // A run that goes on from a checkpoint has had no `init`.
      if (!isOpen(communicator)) await communicator.winCreate(x, windowName);
      const [, g] = await Promise.all([communicator.winPut(x, windowName), gradient(x)]);
      const combined = await communicator.winUpdate<Vector>(windowName);
      const next = rule.step(memory, { x, g }, k);
      return { x: sub(combined, next.descent), memory: next.memory };
    },
    finish: async (state, { communicator }) => {
      if (isOpen(communicator)) await communicator.winFree(windowName);
      return state;
    }
  };
}
