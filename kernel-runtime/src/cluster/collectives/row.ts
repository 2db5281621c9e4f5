/** A rank's row of W for those who watch, and ρ of the whole from one rank. */
import type { Neighbourhood } from '../../mathematics/communicator/weights.js';
import { spectrum } from '../../mathematics/graph/spectrum.js';
import type { Topology } from '../../mathematics/graph/topology.js';

/** x_i⁺ = selfWeight · x_i + Σ_k weights[k] · x_{sources[k]} */
export interface WatchedRow {
  readonly selfWeight: number;
  readonly sources: number[];
  readonly weights: number[];
  /** The name of the topology. */
  readonly topology: string;
  /** ‖W − 11ᵀ/n‖₂, from rank 0 of a graph that is not too large. */
  readonly rho?: number;
}

/** Eigenvalues of larger graphs would keep an engine from its work. */
const LARGEST = 128;

const known = new WeakMap<Topology, number>();

/** The row of this rank as it is now. */
export function watchedRow(near: Neighbourhood, topology: Topology): WatchedRow {
  const { rank, size, selfWeight, sources, weights } = near;
  const row = { selfWeight, sources: Array.from(sources), weights: Array.from(weights) };
  const named = { ...row, topology: topology.name };
  return rank === 0 && size <= LARGEST ? { ...named, rho: rhoOf(topology) } : named;
}

/** Found once a topology. */
function rhoOf(topology: Topology): number {
  const rho = known.get(topology) ?? spectrum(topology.W).rho;
  known.set(topology, rho);
  return rho;
}
