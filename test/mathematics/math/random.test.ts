import { describe, expect, it } from 'vitest';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { mean } from '../../../kernel-runtime/src/mathematics/math/vectors.js';

/** The mean of the k-th powers. */
const moment = (x: Float64Array, k: number): number => mean(x.map(value => value ** k));

describe('random streams', () => {
  it('give the same numbers for the same seed, rank and stream', () => {
    expect(random(7, 3, 1).normal(5)).toEqual(random(7, 3, 1).normal(5));
  });

  it.each([
    ['seed', random(8, 3, 1)],
    ['rank', random(7, 4, 1)],
    ['stream', random(7, 3, 2)]
  ])('give other numbers for another %s', (_, other) => {
    expect(other.uniform(4)).not.toEqual(random(7, 3, 1).uniform(4));
  });

  it('follow the uniform and the normal distribution in their first moments', () => {
    const n = 100_000;
    const uniform = random(1).uniform(n);
    const normal = random(2).normal(n);
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(moment(uniform, 2)).toBeCloseTo(1 / 3, 2);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(moment(normal, 2)).toBeCloseTo(1, 1);
    expect(moment(normal, 4)).toBeCloseTo(3, 0);
  });

  it('have uncorrelated ranks', () => {
    const n = 20_000;
    const [a, b] = [random(1, 0).normal(n), random(1, 1).normal(n)];
    expect(Math.abs(mean(a.map((value, k) => value * b[k])))).toBeLessThan(4 / Math.sqrt(n));
  });

  it('continue from a stored position', () => {
    const stream = random(5);
    stream.normal(3);
    const position = stream.state();
    expect(random.restore(position).uniform(3)).toEqual(stream.uniform(3));
  });

  it('permute without losing a number, and draw whole numbers below their bound', () => {
    const stream = random(6);
    expect(stream.permutation(10).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(Array.from({ length: 200 }, () => stream.integer(3)))).toEqual(
      new Set([0, 1, 2])
    );
    expect(() => stream.integer(0)).toThrow(expect.objectContaining({ code: 'VALUE_INVALID' }));
  });
});
