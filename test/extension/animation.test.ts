/** What the renderer of animations takes over from a notebook, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { animationOf } from '../../extension/src/renderer/animation-data.js';

const animation = {
  ...{ title: 'Ring', label: 'x', size: 2 },
  edges: [{ from: 0, to: 1, weight: 0.5 }],
  iterations: [0, 10],
  frames: [
    [1, 2],
    [1.5, null]
  ]
};

describe('an animation from a notebook', () => {
  it('is taken as it is when it fits together', () => {
    expect(animationOf(animation)).toEqual(animation);
  });

  it.each([
    ['that is none', 'text'],
    ['without frames', { ...animation, frames: [], iterations: [] }],
    ['with a frame of another size', { ...animation, frames: [[1, 2], [1]] }],
    ['with more frames than iterations', { ...animation, iterations: [0] }],
    [
      'with text for a number',
      {
        ...animation,
        frames: [
          [1, '2'],
          [1, 2]
        ]
      }
    ],
    ['with an edge to nowhere', { ...animation, edges: [{ from: 0, to: 2, weight: 1 }] }],
    ['with a size beyond all bounds', { ...animation, size: 1e9 }],
    ['with a title that is no text', { ...animation, title: { html: '<b>' } }]
  ])('%s is refused', (_, value) => {
    expect(animationOf(value)).toBeNull();
  });
});
