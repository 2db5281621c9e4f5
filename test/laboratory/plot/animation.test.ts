/** An animation as data: frames, a picture for places without a slider, and what is refused. */
import { describe, expect, it } from 'vitest';
import * as plot from '../../../kernel-runtime/src/laboratory/plot/plot.js';
import { ringGraph } from '../../../kernel-runtime/src/mathematics/graph/circulant.js';

const mime = 'application/vnd.decentlab.animation+json';

describe('an animation', () => {
  it('keeps W, the frames by iteration and a picture with a curve for each node', () => {
    const values = [[0, 1, 2], Float64Array.of(3, 4, NaN), [6, 7, 8.1234567]];
    const animation = plot.animation(ringGraph(3), values, { title: 'Three', label: 'x' });
    const display: unknown = Reflect.get(animation, Symbol.for('Jupyter.display'));
    const bundle = (display as () => Record<string, unknown>).call(animation);
    expect(bundle[mime]).toMatchObject({
      ...{ title: 'Three', label: 'x', size: 3, iterations: [0, 1, 2] },
      frames: [
        [0, 3, 6],
        [1, 4, 7],
        [2, null, 8.12346]
      ]
    });
    expect((bundle[mime] as { edges: unknown[] }).edges).toHaveLength(6);
    expect(String(bundle['image/svg+xml'])).toContain('node 2');
    expect(bundle['text/plain']).toBe('Three: x over 3 frames, at the end from 2 to 8.12');
    expect(JSON.parse(JSON.stringify(bundle))).toEqual(bundle);
  });

  it('keeps 200 frames of a long run, first and last among them', () => {
    const long = Array.from({ length: 5000 }, (_, k) => k);
    const { iterations } = plot.animation(ringGraph(1), [long]).data;
    expect([iterations.length, iterations[0], iterations.at(-1)]).toEqual([200, 0, 4999]);
  });

  it.each([
    ['another number of lists', [[1], [2]], /3 lists of one length.*2 lists/],
    ['lists of different lengths', [[1, 2], [1], [1, 2]], /received 1 of rank 1/],
    ['lists without entries', [[], [], []], /received 0 of rank 0/]
  ])('refuses %s', (_, values, sentence) => {
    expect(() => plot.animation(ringGraph(3), values)).toThrow(sentence);
  });
});
