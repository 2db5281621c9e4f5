/** A topology after some of its ranks have gone: the others keep their numbers, and each keeps the weight that it has lost. */
import { DecentLabError } from '../../errors.js';
import { connectivity } from './connected.js';
import { sparseWeights, topologyFromRows, weightRow, type WeightRow } from './sparse.js';
import { spectrum } from './spectrum.js';
import { isDoublyStochastic, type Verdict } from './stochastic.js';
import type { Topology } from './topology.js';

/** What averaging on a healed graph is worth. */
export interface Healing {
  /** Of all ranks: those that are gone hear nobody, and nobody hears them. */
  readonly topology: Topology;
  /** The ranks that are left, ascending. */
  readonly survivors: readonly number[];
  /** Whether what one survivor knows reaches all of them. */
  readonly connected: Verdict;
  /** Whether the average of the survivors is kept: rows and columns of W sum to 1. */
  readonly doublyStochastic: Verdict;
  /** ρ = ‖W_S − 11ᵀ/m‖₂ of the m survivors: the factor by which one averaging step shrinks their disagreement. */
  readonly rho: number;
}

/**
 * The topology without the links of dead ranks. Row by row the lost weight moves to the receiver itself,
 * w_ii⁺ = w_ii + Σ_dead w_ij, so that rows still sum to 1. Symmetric weights stay doubly stochastic; those of a directed
 * graph in general do not.
 * @param deadRanks in any order; none gives the topology itself
 * @returns a topology of the same size, in which a dead rank averages with nobody
 * @throws VALUE_INVALID for a rank that is none, or if no rank is left
 */
export function healedTopology(topology: Topology, deadRanks: readonly number[]): Topology {
  const dead = assertDead(topology, deadRanks);
  if (dead.size === 0) return topology;
  const rows = sparseWeights(topology).rows.map((row, i) =>
    dead.has(i) ? weightRow(1, []) : healedRow(row, dead)
  );
  const names = [...dead].sort((a, b) => a - b).join(', ');
  return topologyFromRows(`${topology.name} without ${names}`, rows);
}

/**
 * The healed topology, and what is left of its properties.
 * @throws VALUE_INVALID as healedTopology
 */
export function healing(topology: Topology, deadRanks: readonly number[]): Healing {
  const healed = healedTopology(topology, deadRanks);
  const survivors = Array.from({ length: topology.size }, (_, rank) => rank).filter(
    rank => !deadRanks.includes(rank)
  );
  return {
    topology: healed,
    survivors,
    connected: connectivity(healed, survivors),
    doublyStochastic: isDoublyStochastic(healed.W),
    rho: spectrum(restrictedTo(healed, survivors)).rho
  };
}

function healedRow({ selfWeight, sources, weights }: WeightRow, dead: Set<number>): WeightRow {
  const pairs = Array.from(sources, (j, k) => [j, weights[k]] as const);
  const lost = pairs.filter(([j]) => dead.has(j)).reduce((sum, [, weight]) => sum + weight, 0);
  return weightRow(
    selfWeight + lost,
    pairs.filter(([j]) => !dead.has(j))
  );
}

/** The graph of some ranks alone, which have no links to others, numbered anew. */
function restrictedTo(topology: Topology, ranks: readonly number[]): Topology {
  const { rows } = sparseWeights(topology);
  const indexOf = new Map(ranks.map((rank, index) => [rank, index]));
  const restricted = ranks.map(rank => {
    const { selfWeight, sources, weights } = rows[rank];
    return { selfWeight, sources: sources.map(j => indexOf.get(j)!), weights };
  });
  return topologyFromRows(topology.name, restricted);
}

function assertDead({ name, size }: Topology, deadRanks: readonly number[]): Set<number> {
  const what = `healedTopology of ${name}`;
  const wrong = deadRanks.find(rank => !Number.isInteger(rank) || rank < 0 || rank >= size);
  if (wrong !== undefined) {
    const expected = `ranks from 0 to ${size - 1}`;
    throw new DecentLabError('VALUE_INVALID', { what, expected, received: wrong });
  }
  const dead = new Set(deadRanks);
  if (dead.size < size) return dead;
  const received = `all ${size} of them`;
  throw new DecentLabError('VALUE_INVALID', { what, expected: 'a rank that is left', received });
}
