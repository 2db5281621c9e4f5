/** A link that is cut: what its two nodes gave to each other they keep. */
import { describe, expect, it } from 'vitest';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';
import {
  fullyConnectedGraph,
  starGraph
} from '../../../kernel-runtime/src/mathematics/graph/grids.js';
import { isDoublyStochastic } from '../../../kernel-runtime/src/mathematics/graph/stochastic.js';
import { withoutLink } from '../../../kernel-runtime/src/mathematics/graph/without-link.js';

describe('a cut link', () => {
  it('leaves its weight with both nodes, and all other weights as they were', () => {
    const { W, name } = withoutLink(ringGraph(4), 1, 2);
    const third = 1 / 3;
    expect(Array.from(W.row(0))).toEqual([third, third, 0, third]);
    expect(Array.from(W.row(1))).toEqual([third, third + third, 0, 0]);
    expect(Array.from(W.row(2))).toEqual([0, 0, third + third, third]);
    expect(name).toContain('without 1–2');
  });

  it.each([
    ['a star', starGraph(5), 0, 3],
    ['a full graph', fullyConnectedGraph(6), 2, 5]
  ])('keeps the W of %s doubly stochastic', (_, topology, i, j) => {
    expect(isDoublyStochastic(withoutLink(topology, i, j).W).ok).toBe(true);
  });

  it.each([
    ['that is not there', 0, 2],
    ['to itself', 1, 1],
    ['to a node that is none', 0, 9]
  ])('%s is refused', (_, i, j) => {
    expect(() => withoutLink(ringGraph(4), i, j)).toThrow(/two of 4 nodes that are linked/);
  });
});
