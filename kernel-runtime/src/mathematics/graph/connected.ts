/** Whether what one node knows can reach every other node. */
import { inNeighborsOf, outNeighborsOf, type Topology } from './topology.js';

/** True if every node reaches every node along the directions of the links (strongly connected). */
export function isConnected(topology: Topology): boolean {
  const { size } = topology;
  return (
    reachedFromFirst(size, i => outNeighborsOf(topology, i)) === size &&
    reachedFromFirst(size, i => inNeighborsOf(topology, i)) === size
  );
}

function reachedFromFirst(size: number, neighboursOf: (i: number) => number[]): number {
  const reached = new Set(size > 0 ? [0] : []);
  for (const node of reached) for (const next of neighboursOf(node)) reached.add(next);
  return reached.size;
}
