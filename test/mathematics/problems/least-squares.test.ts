import { describe, expect, it } from 'vitest';
import { add } from '../../../kernel-runtime/src/mathematics/math/elementwise.js';
import {
  dot,
  norm,
  scale,
  vector,
  zeros
} from '../../../kernel-runtime/src/mathematics/math/vectors.js';
import { heterogeneity } from '../../../kernel-runtime/src/mathematics/optim/theory.js';
import {
  leastSquares,
  randomLeastSquares
} from '../../../kernel-runtime/src/mathematics/problems/least-squares.js';
import { nesterov } from '../../../kernel-runtime/src/mathematics/problems/nesterov.js';
import { zigzag } from '../../../kernel-runtime/src/mathematics/problems/quadratic.js';

const problem = randomLeastSquares({ n: 4, m: 12, d: 5, seed: 3 });
const direction = vector(1, -2, 0.5, 3, -1);

describe('least squares', () => {
  it.each([0, 1, 2, 3])('node %i has the gradient of its loss', rank => {
    const { loss, gradient } = problem.local(rank);
    const [x, h] = [vector(1, 2, 3, 4, 5), 1e-4];
    const difference = loss(add(x, scale(h, direction))) - loss(add(x, scale(-h, direction)));
    expect(difference / (2 * h) / dot(gradient(x), direction)).toBeCloseTo(1, 7);
  });

  it('has a vanishing mean gradient at its closed-form minimiser, and no error there', () => {
    const gradients = problem.locals().map(local => local.gradient(problem.xStar));
    expect(norm(gradients.reduce((total, g) => add(total, g)))).toBeLessThan(1e-11);
    expect(problem.relativeError(problem.xStar)).toBe(0);
    expect(problem.relativeError([zeros(5), problem.xStar])).toBe(0.5);
  });

  it('repeats with the seed, and a node keeps its data when nodes are added', () => {
    const same = randomLeastSquares({ n: 9, m: 12, d: 5, seed: 3 });
    expect(same.local(2).linear).toEqual(problem.local(2).linear);
    expect(randomLeastSquares({ n: 4, m: 12, d: 5, seed: 4 }).xStar).not.toEqual(problem.xStar);
  });

  it('lets the nodes disagree as much as asked', () => {
    const b2 = [0, 0.1, 1, 10].map(h =>
      heterogeneity(randomLeastSquares({ n: 8, noise: 0, heterogeneity: h }).locals())
    );
    expect(b2[0]).toBeLessThan(1e-20);
    expect(b2[2] / b2[1]).toBeCloseTo(100, 6);
    expect(b2[3] / b2[2]).toBeCloseTo(100, 6);
  });

  it.each<[string, () => unknown]>([
    ['a missing b', () => leastSquares({ A: [[[1]], [[1]]], b: [[1]] })],
    ['no nodes', () => leastSquares({ A: [], b: [] })],
    ['a rank that is none', () => problem.local(4)]
  ])('refuses %s', (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'VALUE_INVALID' }));
  });
});

describe('zigzag', () => {
  it('has its gradient and its minimum at 0', () => {
    const { gradient, loss, xStar } = zigzag({ condition: 30 });
    expect([gradient(vector(2, 1)), loss(vector(2, 1)), loss(xStar)]).toEqual([
      vector(2, 30),
      17,
      0
    ]);
  });
});

describe('nesterov', () => {
  it('finds the minimiser of a badly conditioned loss', async () => {
    const { gradient } = zigzag({ condition: 1000 });
    const found = await nesterov({
      x0: vector(1, 1),
      gradient,
      smoothness: 1000,
      convexity: 1,
      tolerance: 1e-12
    });
    expect(norm(found.x)).toBeLessThan(1e-12);
    expect(found.steps).toBeLessThan(1500);
  });

  it('stops after the most steps, and says how far it came', async () => {
    const { gradient } = zigzag();
    const found = await nesterov({
      x0: vector(1, 1),
      gradient,
      smoothness: 20,
      convexity: 1,
      mostSteps: 3
    });
    expect(found.steps).toBe(3);
    expect(found.gradientNorm).toBeGreaterThan(1e-3);
  });
});
