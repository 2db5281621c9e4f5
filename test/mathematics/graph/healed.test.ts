/** Graphs that go around ranks which have gone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  exponentialTwoGraph,
  ringGraph,
  symmetricExponentialGraph
} from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import { topologyFromWeights } from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import {
  fullyConnectedGraph,
  meshGrid2DGraph,
  starGraph
} from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import { healedTopology, healing } from '../../../kernel-runtime/src/mathematics/graph/healed.js';
import { spectrum } from '../../../kernel-runtime/src/mathematics/graph/spectrum.js';
import {
  inNeighborsOf,
  outNeighborsOf,
  type Topology
} from '../../../kernel-runtime/src/mathematics/graph/topology.js';

const third = 1 / 3;

function expectRows(topology: Topology, expected: number[][]): void {
  expected.forEach((row, i) =>
    row.forEach((weight, j) => expect(topology.W.data[i * row.length + j]).toBeCloseTo(weight, 15))
  );
}

describe('a healed graph', () => {
  it('of a ring is a path: the neighbours of the dead rank keep its weight', () => {
    const healed = healedTopology(ringGraph(4), [3]);
    expectRows(healed, [
      [2 * third, third, 0, 0],
      [third, third, third, 0],
      [0, third, 2 * third, 0],
      [0, 0, 0, 1]
    ]);
    expect(inNeighborsOf(healed, 2)).toEqual([1]);
    expect(outNeighborsOf(healed, 3)).toEqual([]);
    expect(healed.name).toBe('ring without 3');
  });

  it('of directed links loses what the dead rank sent, and what it would have received', () => {
    // Rank 0 hears 1, 1 hears 2, 2 hears 0.
    const W = [
      [0.5, 0.5, 0],
      [0, 0.25, 0.75],
      [0.9, 0, 0.1]
    ];
    expectRows(healedTopology(topologyFromWeights('circle', W), [2]), [
      [0.5, 0.5, 0],
      [0, 1, 0],
      [0, 0, 1]
    ]);
  });

  it('without a dead rank is the graph itself', () => {
    const ring = ringGraph(5);
    expect(healedTopology(ring, [])).toBe(ring);
    expect(healing(ring, []).rho).toBeCloseTo(spectrum(ring).rho, 12);
  });

  it.each<[string, Topology, number[], string]>([
    ['a rank that is none', ringGraph(3), [3], 'received 3'],
    ['a negative rank', ringGraph(3), [-1], 'received -1'],
    ['half a rank', ringGraph(3), [0.5], 'received 0.5'],
    ['all ranks', ringGraph(2), [1, 0, 1], 'all 2 of them'],
    ['the only rank', ringGraph(1), [0], 'all 1 of them']
  ])('refuses %s', (_, topology, dead, words) => {
    expect(() => healedTopology(topology, dead)).toThrow(words);
  });
});

interface Expectation {
  readonly isDoublyStochastic: boolean;
  readonly isConnected: boolean;
  /** Of the survivors. */
  readonly rho?: number;
  readonly words?: RegExp;
}

it.each<[string, Topology, number[], Expectation]>([
  [
    'a ring of 4 without one',
    ringGraph(4),
    [3],
    // The path of 3 with Metropolis weights: eigenvalues 1, 2/3, 0.
    { isDoublyStochastic: true, isConnected: true, rho: 2 / 3 }
  ],
  [
    'a ring of 6 without two that part it',
    ringGraph(6),
    [0, 3],
    { isDoublyStochastic: true, isConnected: false, rho: 1, words: /Nodes 4 and 5 are cut off/ }
  ],
  [
    'a ring of 2 without one',
    ringGraph(2),
    [0],
    { isDoublyStochastic: true, isConnected: true, rho: 0 }
  ],
  [
    'the exponential graph of 8 without one',
    exponentialTwoGraph(8),
    [0],
    { isDoublyStochastic: false, isConnected: true, words: /Column 1 sums to/ }
  ],
  [
    'the symmetric exponential graph without two',
    symmetricExponentialGraph(8),
    [2, 5],
    { isDoublyStochastic: true, isConnected: true }
  ],
  [
    'all with all, without one',
    fullyConnectedGraph(5),
    [4],
    // W = (1/5)(11ᵀ + I) on the four: one step leaves a fifth of the disagreement.
    { isDoublyStochastic: true, isConnected: true, rho: 0.2 }
  ],
  [
    'a star without its centre',
    starGraph(5),
    [0],
    {
      isDoublyStochastic: true,
      isConnected: false,
      rho: 1,
      words: /Nodes 2, 3 and 4 are cut off from the others/
    }
  ],
  ['a star without a leaf', starGraph(5), [3], { isDoublyStochastic: true, isConnected: true }],
  [
    'a grid without a corner',
    meshGrid2DGraph(9),
    [8],
    { isDoublyStochastic: true, isConnected: true }
  ]
])('%s: what is left of W is said', (_, topology, dead, expected) => {
  const { connected, doublyStochastic, rho, survivors } = healing(topology, dead);
  expect(survivors).toHaveLength(topology.size - dead.length);
  expect(doublyStochastic.ok).toBe(expected.isDoublyStochastic);
  expect(connected.ok).toBe(expected.isConnected);
  if (expected.rho !== undefined) expect(rho).toBeCloseTo(expected.rho, 10);
  else expect(rho).toBeLessThan(1);
  if (expected.words) expect(`${connected.why} ${doublyStochastic.why}`).toMatch(expected.words);
});

it('every healed graph keeps rows that sum to 1, and nobody hears or is heard by the dead', () => {
  const graphs = [ringGraph, exponentialTwoGraph, symmetricExponentialGraph, starGraph];
  fc.assert(
    fc.property(
      fc.constantFrom(...graphs),
      fc.integer({ min: 2, max: 12 }),
      fc.infiniteStream(fc.boolean()),
      (graph, n, chance) => {
        const dead = Array.from({ length: n }, (_, rank) => rank)
          .slice(1)
          .filter(() => chance.next().value === true);
        const { W } = healedTopology(graph(n), dead);
        W.toRows().forEach((row, i) => {
          expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
          row.forEach((weight, j) => {
            if (i !== j && (dead.includes(i) || dead.includes(j))) expect(weight).toBe(0);
          });
        });
      }
    )
  );
});
