import { describe, expect, it } from 'vitest';
import {
  averageCurve,
  errorCurves
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
});
