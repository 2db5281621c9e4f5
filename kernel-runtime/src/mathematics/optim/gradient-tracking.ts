/**
 * Gradient tracking, adapt-then-combine: X⁺ = W (X − γ Y), Y⁺ = W (Y + G⁺ − G), Y⁰ = G⁰.
 * Y follows the average gradient of all nodes, so the limit is x*, on directed graphs too. Two exchanges a step.
 * Source: Xu, Zhu, Soh and Xie 2015; Nedić, Olshevsky and Shi 2017.
 */
import { add, sub } from '../math/elementwise.js';
import { scale } from '../math/vectors.js';
import type { Vector } from '../math/matrix.js';
import type { Algorithm, State } from './algorithm.js';
import type { StepOptions } from './dsgd.js';

export interface TrackingState extends State {
  /** The tracked average gradient. */
  y: Vector;
  /** The own gradient at x. */
  g: Vector;
}

/** Gradient tracking with step size γ, for any doubly stochastic W. */
export function gradientTracking({ gamma }: StepOptions): Algorithm<TrackingState> {
  return {
    name: 'atc-gt',
    init: async (x, node) => {
      const g = await node.gradient(x);
      return { x, y: g, g };
    },
    step: async (state, node) => {
      const x = await node.communicator.neighborAllreduce(sub(state.x, scale(gamma, state.y)));
      const g = await node.gradient(x);
      const y = await node.communicator.neighborAllreduce(sub(add(state.y, g), state.g));
      return { x, y, g };
    }
  };
}
