/** What drawing does to the links of W, and which variable is the gradient. */
import { describe, expect, it } from 'vitest';
import {
  draftOf,
  flawOf,
  isLinked,
  toggled,
  withRule,
  type Draft
} from '../../extension/src/graph/drawing.js';
import { gradientOf } from '../../extension/src/graph/gradient.js';
import { drawnTopology } from '../../kernel-runtime/src/cluster/client/drawn-topology.js';

const edge = (from: number, to: number, weight = 0.5) => ({ from, to, weight });
const path = draftOf(3, [edge(0, 1), edge(1, 0), edge(2, 1), edge(1, 2)]);
const arrow = draftOf(3, [edge(0, 1), edge(1, 2)]);

describe('a draft', () => {
  it('begins with the links that carry weight, and with the rule that fits them', () => {
    expect(path).toMatchObject({ rule: 'metropolis', isTwoWay: true, sources: [[1], [0, 2], [1]] });
    expect(arrow).toMatchObject({ rule: 'averaging', isTwoWay: false, sources: [[], [0], [1]] });
    expect(draftOf(2, [edge(0, 1, 0), edge(1, 1)]).sources).toEqual([[], []]);
  });

  it.each([
    [
      'adds a link both ways',
      path,
      0,
      2,
      [
        [1, 2],
        [0, 2],
        [0, 1]
      ]
    ],
    ['takes a link away both ways, from either end', path, 2, 1, [[1], [0], []]],
    ['adds a link one way', arrow, 2, 0, [[2], [0], [1]]],
    ['takes a link away one way', arrow, 0, 1, [[], [], [1]]],
    ['links no rank to itself', path, 1, 1, path.sources]
  ] as const)('%s', (_, draft, from, to, expected) => {
    expect(toggled(draft, from, to).sources).toEqual(expected);
  });

  it('is linked in the direction that was drawn', () => {
    expect([isLinked(arrow, 0, 1), isLinked(arrow, 1, 0), isLinked(path, 2, 1)]).toEqual([true, false, true]); // prettier-ignore
  });

  it('gets every link both ways by the rule of Metropolis and Hastings', () => {
    const both = withRule(arrow, 'metropolis');
    expect(both).toMatchObject({ sources: [[1], [0, 2], [1]], isTwoWay: true });
    expect(withRule(both, 'averaging')).toMatchObject({ sources: both.sources, isTwoWay: true });
  });
});

describe('a W that is drawn', () => {
  const drawn = (drawing: Draft) =>
    flawOf(drawnTopology({ size: drawing.size, sources: drawing.sources, rule: drawing.rule }));
  const apart = { ...path, sources: [[], [], []] };
  it.each([
    ['averages', path, null],
    ['moves the mean', arrow, 'mean'],
    ['never agrees', apart, 'agreement'],
    ['of one rank averages', { ...path, size: 1, sources: [[]] }, null]
  ])('%s', (_, draft, flaw) => {
    expect(drawn(draft)).toBe(flaw);
  });
});

describe('the gradient', () => {
  const variables = ['g', 'x', 'grad_norm'].map(name => ({ name, type: '', shape: [], norm: 1 }));
  it.each([
    ['the most telling name', variables, null, 'grad_norm'],
    ['what was picked', variables, 'x', 'x'],
    ['nothing where that is gone', variables, 'y', undefined],
    ['nothing where none is called so', variables.slice(1, 2), null, undefined]
  ])('is %s', (_, among, picked, expected) => {
    expect(gradientOf(among, picked)?.name).toBe(expected);
  });
});
