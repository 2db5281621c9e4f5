import { describe, expect, it } from 'vitest';
import { isConnected } from '../../../kernel-runtime/src/mathematics/graph/connected.js';
import {
  metropolis,
  topologyFromEdges,
  topologyFromWeights
} from '../../../kernel-runtime/src/mathematics/graph/edges.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import {
  erdosRenyiGraph,
  randomGeometricGraph
} from '../../../kernel-runtime/src/mathematics/graph/random-graphs.js';
import { isSymmetric } from '../../../kernel-runtime/src/mathematics/graph/spectrum.js';
import { isDoublyStochastic } from '../../../kernel-runtime/src/mathematics/graph/stochastic.js';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';

describe('Metropolis weights', () => {
  it('follow the larger degree, and the rest stays on the diagonal', () => {
    const W = metropolis(
      [
        [0, 1],
        [1, 2]
      ],
      3
    );
    const third = 1 / 3;
    expect(W.toRows()).toEqual([
      [1 - third, third, 0],
      [third, 1 - third - third, third],
      [0, third, 1 - third]
    ]);
  });

  it.each<[string, () => unknown]>([
    ['a link to itself', () => metropolis([[1, 1]], 3)],
    ['a rank that is none', () => metropolis([[0, 3]], 3)],
    ['an oblong W', () => topologyFromWeights('odd', [[1, 0]])],
    ['a weight that is no number', () => topologyFromWeights('odd', [[NaN]])]
  ])('refuse %s', (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'VALUE_INVALID' }));
  });
});

describe('isDoublyStochastic', () => {
  it.each<[string, number[][], string]>([
    [
      'the row',
      [
        [0.5, 0.5],
        [0.4, 0.5]
      ],
      'Row 1 sums to 0.9'
    ],
    [
      'the column',
      [
        [0.5, 0.5],
        [0.4, 0.6]
      ],
      'Column 0 sums to 0.9'
    ],
    [
      'a negative weight',
      [
        [1.5, -0.5],
        [-0.5, 1.5]
      ],
      'W[0][1] is -0.5'
    ],
    [
      'NaN',
      [
        [NaN, 0],
        [0, 1]
      ],
      'W[0][0] is NaN'
    ],
    ['an oblong matrix', [[1, 0]], 'not square']
  ])('names %s that is wrong', (_, rows, sentence) => {
    const { ok, why } = isDoublyStochastic(Matrix.from(rows));
    expect(ok).toBe(false);
    expect(why).toContain(sentence);
  });
});

describe('isConnected', () => {
  it.each<[string, number[][], boolean]>([
    ['a directed ring', ringGraph(5, { connectStyle: 1 }).W.toRows(), true],
    [
      'a chain in one direction',
      [
        [1, 0],
        [0.5, 0.5]
      ],
      false
    ],
    [
      'two islands',
      topologyFromEdges('islands', 4, [
        [0, 1],
        [2, 3]
      ]).W.toRows(),
      false
    ],
    ['one node', [[1]], true]
  ])('judges %s', (_, rows, connected) => {
    expect(isConnected(topologyFromWeights('graph', rows))).toBe(connected);
  });
});

describe('random graphs', () => {
  it.each([
    ['Erdős–Rényi', erdosRenyiGraph],
    ['geometric', randomGeometricGraph]
  ])(
    '%s graphs are connected, doubly stochastic, symmetric, and repeat with the seed',
    (_, build) => {
      for (const n of [1, 2, 5, 20]) {
        const { W } = build(n, { seed: 3 });
        expect(
          isDoublyStochastic(W).ok && isSymmetric(W) && isConnected(build(n, { seed: 3 }))
        ).toBe(true);
        expect(build(n, { seed: 3 }).W.data).toEqual(W.data);
      }
      expect(build(20, { seed: 4 }).W.data).not.toEqual(build(20, { seed: 3 }).W.data);
    }
  );

  it('say so when the knob leaves no connected graph', () => {
    expect(() => erdosRenyiGraph(20, { probability: 0.01 })).toThrow(/probability 0.01/);
    expect(() => randomGeometricGraph(20, { radius: 0.01 })).toThrow(/radius 0.01/);
  });
});
