/** A topology as plain data that travels between processes: the weights of W by receivers, without zeros. */
import { sparseWeights, topologyFromRows } from './sparse.js';
import type { Topology } from './topology.js';

/** Row i of W: see `WeightRow`. */
export interface PackedRow {
  readonly selfWeight: number;
  readonly sources: readonly number[];
  readonly weights: readonly number[];
}

export interface PackedTopology {
  readonly name: string;
  /** One a rank. */
  readonly rows: readonly PackedRow[];
}

/** The topology as plain data; its labels stay behind. */
export function packTopology(topology: Topology): PackedTopology {
  const rows = sparseWeights(topology).rows.map(({ selfWeight, sources, weights }) => ({
    selfWeight,
    sources: Array.from(sources),
    weights: Array.from(weights)
  }));
  return { name: topology.name, rows };
}

/** The topology of such data: the same weights, bit for bit. */
export function unpackTopology({ name, rows }: PackedTopology): Topology {
  return topologyFromRows(
    name,
    rows.map(({ selfWeight, sources, weights }) => ({
      selfWeight,
      sources: Int32Array.from(sources),
      weights: Float64Array.from(weights)
    }))
  );
}
