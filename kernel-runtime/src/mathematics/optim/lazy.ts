/** The lazy weights W̄ = (I + W) / 2: their real eigenvalues are never negative, which the exact methods need. */
import type { Communicator } from '../communicator/communicator.js';
import type { Vector } from '../math/matrix.js';

/**
 * W̄ x, in one exchange. The weights are those of W̄ to the last bit, not an average of x and W x: the exact methods
 * have a double root at the average mode, where a rounding of 1e-16 in the weights' sum grows with the steps squared.
 */
export function lazyAllreduce(communicator: Communicator, x: Vector): Promise<Vector> {
  const { W } = communicator.loadTopology();
  const weight = (j: number): number => W.data[communicator.rank * W.columns + j];
  return communicator.neighborAllreduce(x, {
    selfWeight: (1 + weight(communicator.rank)) / 2,
    srcWeights: Object.fromEntries(communicator.inNeighborRanks().map(j => [j, weight(j) / 2]))
  });
}
