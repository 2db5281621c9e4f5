/** The statistics of batch normalization, averaged as the parameters are: moving means and variances are no parameters, and stay local unless this is asked for. */
import type { Communicator } from '../../communicator/communicator.js';
import type { FlatParameters } from '../../communicator/flat.js';
import type { Algorithm, Node, State } from '../algorithm.js';

/** The algorithm, with an exchange of these variables after each of its steps that exchanges anything. */
export function withStatistics<S extends State>(
  algorithm: Algorithm<S>,
  statistics: FlatParameters
): Algorithm<S> {
  if (statistics.length === 0) return algorithm;
  const average = async (communicator: Communicator): Promise<void> => {
    if (communicator.isLocal) return;
    const own = await statistics.read();
    const all = algorithm.averagesGradients ?? false;
    await statistics.write(
      all ? await communicator.allreduce(own) : await communicator.neighborAllreduce(own)
    );
  };
  return {
    name: algorithm.name,
    options: algorithm.options ?? {},
    averagesGradients: algorithm.averagesGradients ?? false,
    init: (x0, node) => algorithm.init(x0, node),
    ...(algorithm.finish && { finish: (state: S, node: Node) => algorithm.finish!(state, node) }),
    step: async (state, node, k) => {
      const next = await algorithm.step(state, node, k);
      await average(node.communicator);
      return next;
    }
  };
}
