/** Weight decay for any algorithm: every gradient becomes that of f_i(x) + ½ δ ‖x‖². */
import type { Vector } from '../math/matrix.js';
import { axpy } from '../math/vectors.js';
import type { Algorithm, Node, State } from './algorithm.js';

/** The algorithm on the gradients g + δ x: `weightDecay(decentlam({ gamma }), 5e-4)`. */
export function weightDecay<S extends State>(algorithm: Algorithm<S>, delta: number): Algorithm<S> {
  const decayed = (node: Node): Node => ({
    ...node,
    gradient: async (x, k) => axpy(delta, x, await node.gradient(x, k)),
    ...(node.fullGradient && {
      fullGradient: async (x: Vector) => axpy(delta, x, await node.fullGradient!(x))
    })
  });
  return {
    name: algorithm.name,
    averagesGradients: algorithm.averagesGradients ?? false,
    options: { ...algorithm.options, weightDecay: delta },
    init: (x0, node) => algorithm.init(x0, decayed(node)),
    step: (state, node, k) => algorithm.step(state, decayed(node), k),
    ...(algorithm.finish && {
      finish: (state: S, node: Node) => algorithm.finish!(state, decayed(node))
    })
  };
}
