import { describe, expect, it } from 'vitest';
import {
  averageCurve,
  errorCurves,
  fitSlope
} from '../../../kernel-runtime/src/laboratory/experiments/curves.js';

describe('the curves of an experiment', () => {
  it('keep ranks and iterations apart', () => {
    const xStar = Float64Array.of(1);
    const histories = [[Float64Array.of(1), Float64Array.of(2)], [Float64Array.of(3)]];
    expect(errorCurves(histories, xStar)).toEqual([[0, 1], [4]]);
  });

  it('average over the ranks', () => {
    expect(
      averageCurve([
        [1, 2],
        [3, 6]
      ])
    ).toEqual([2, 4]);
  });

  it.each([
    [[1, 2, 4], [1, 4, 16], 2],
    [[1, 10], [1, 0.01], -2],
    [[1, 2, 3], [5, 5, 5], 0]
  ])('find the exponent through %j and %j', (x, y, slope) => {
    expect(fitSlope(x, y)).toBeCloseTo(slope, 12);
  });

  it.each([
    [[1], [1]],
    [
      [1, 2],
      [1, 0]
    ],
    [
      [1, 2],
      [1, NaN]
    ],
    [
      [1, 2, 3],
      [1, 2]
    ]
  ])('refuse to fit %j and %j', (x, y) => {
    expect(() => fitSlope(x, y)).toThrow(/two points/);
  });
});
