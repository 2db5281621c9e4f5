/** A topology with one link cut, as a broken cable would leave it. */
import { DecentLabError } from '../../errors.js';
import { sparseWeights, topologyFromRows, weightRow, type WeightRow } from './sparse.js';
import type { Topology } from './topology.js';

/**
 * The topology without the link between two nodes, in both directions. What a node gave to the other it keeps for
 * itself, w_ii⁺ = w_ii + w_ij, so that rows still sum to 1; a symmetric W stays symmetric and doubly stochastic.
 * @throws VALUE_INVALID for nodes that are none, and for two that are not linked
 */
export function withoutLink(topology: Topology, i: number, j: number): Topology {
  const { rows } = sparseWeights(topology);
  const isLinked = i !== j && (rows[i]?.sources.includes(j) || rows[j]?.sources.includes(i));
  if (!isLinked) {
    const expected = `two of ${topology.size} nodes that are linked`;
    throw new DecentLabError('VALUE_INVALID', {
      what: 'withoutLink',
      expected,
      received: `${i} and ${j}`
    });
  }
  const cut = rows.map((row, k) => (k === i ? without(row, j) : k === j ? without(row, i) : row));
  return topologyFromRows(`${topology.name} without ${i}–${j}`, cut);
}

function without({ selfWeight, sources, weights }: WeightRow, peer: number): WeightRow {
  const pairs = Array.from(sources, (source, k): [number, number] => [source, weights[k]]);
  const kept = pairs.filter(([source]) => source !== peer);
  const lost = pairs.find(([source]) => source === peer)?.[1] ?? 0;
  return weightRow(selfWeight + lost, kept);
}
