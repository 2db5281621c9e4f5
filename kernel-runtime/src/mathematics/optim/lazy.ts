/** The lazy weights W̄ = (I + W) / 2: their real eigenvalues are never negative, which the exact methods need. */
import type { Communicator } from '../communicator/communicator.js';
import { add } from '../math/elementwise.js';
import { scale } from '../math/vectors.js';
import type { Vector } from '../math/matrix.js';

/** W̄ x = (x + W x) / 2. */
export async function lazyAllreduce(communicator: Communicator, x: Vector): Promise<Vector> {
  return scale(0.5, add(x, await communicator.neighborAllreduce(x)));
}
