/** What a program of the contract may use besides its communicator, the same names on every backend. */
export {
  exponentialTwoGraph,
  ringGraph
} from '../../../../kernel-runtime/src/mathematics/graph/circulant.js';
export {
  fullyConnectedGraph,
  meshGrid2DGraph,
  starGraph
} from '../../../../kernel-runtime/src/mathematics/graph/grids.js';
export { topologyFromWeights } from '../../../../kernel-runtime/src/mathematics/graph/edges.js';
export { topK } from '../../../../kernel-runtime/src/mathematics/communicator/compression/compression.js';
export { Matrix } from '../../../../kernel-runtime/src/mathematics/math/matrix.js';

/** How a call ended: by its error's code and sentence, where there is one. */
export async function outcomeOf(call: () => unknown): Promise<{ code?: string; message: string }> {
  try {
    await call();
    return { message: 'resolved' };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { ...(code === undefined ? {} : { code }), message };
  }
}
