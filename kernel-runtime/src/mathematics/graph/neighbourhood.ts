/** A topology as one of its nodes sees it. */
import { exponentialTwoGraph } from './circulant.js';
import { healedTopology } from './healed.js';
import { sparseWeights, type WeightRow } from './sparse.js';
import type { Topology } from './topology.js';

/** Row `rank` of W without its zeros, and who waits for that node. */
export interface NodeView extends WeightRow {
  readonly rank: number;
  readonly size: number;
  /** The out-neighbours, ascending. */
  readonly destinations: Int32Array;
}

/** What node `rank` has to know of a topology. */
export function neighbourhoodOf(topology: Topology, rank: number): NodeView {
  const { size, rows, destinations } = sparseWeights(topology);
  return { rank, size, ...rows[rank], destinations: destinations[rank] };
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** E.g. `ring of 8 (W #3f9a01c2)`: the name, the size, and a 32-bit FNV-1a hash of the weights; equal for equal weights. */
export function fingerprint({ name, size, W }: Topology): string {
  let hash = FNV_OFFSET;
  const { buffer, byteOffset, byteLength } = W.data;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return `${name} of ${size} (W #${(hash >>> 0).toString(16).padStart(8, '0')})`;
}

/** What the communicators ask of graphs: without a topology of their own, ranks are an exponential graph, as in BlueFog. */
export const graphs = {
  fallback: exponentialTwoGraph,
  neighbourhood: neighbourhoodOf,
  words: fingerprint,
  around: healedTopology
};
