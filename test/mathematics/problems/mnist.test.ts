import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';
import { add } from '../../../kernel-runtime/src/mathematics/math/elementwise.js';
import {
  dot,
  mean,
  norm,
  scale,
  zeros
} from '../../../kernel-runtime/src/mathematics/math/vectors.js';
import { featuresOf, meanImage } from '../../../kernel-runtime/src/mathematics/problems/images.js';
import { loadMnist } from '../../../kernel-runtime/src/mathematics/problems/mnist.js';
import { nesterov } from '../../../kernel-runtime/src/mathematics/problems/nesterov.js';
import { dealByClass } from '../../../kernel-runtime/src/mathematics/problems/shares.js';
import {
  softmaxRegression,
  type SoftmaxRegression
} from '../../../kernel-runtime/src/mathematics/problems/softmax-regression.js';
import { loadTensorflow } from '../../../kernel-runtime/src/mathematics/tensor/tensorflow.js';

describe('MNIST', () => {
  it.each([
    ['train', 60_000, 5],
    ['test', 10_000, 7]
  ] as const)('has all images of the %s set', (name, count, firstDigit) => {
    const set = loadMnist(name);
    expect([set.count, set.side, set.labels.length, set.pixels.length]).toEqual([
      count,
      28,
      count,
      count * 784
    ]);
    expect(set.labels[0]).toBe(firstDigit);
    expect(new Set(set.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it.each([1, 2] as const)('gives pixels of 0 … 1 and a bias, pooled by %i', pool => {
    const set = loadMnist('test');
    const columns = (28 / pool) ** 2 + 1;
    const features = featuresOf(set, [3, 5], { pool });
    expect(features).toHaveLength(2 * columns);
    expect(features[columns - 1]).toBe(1);
    const bytes = set.pixels.subarray(3 * 784, 4 * 784);
    expect(mean(features.subarray(0, columns - 1))).toBeCloseTo(mean(bytes) / 255, 5);
    expect(Math.max(...features)).toBeLessThanOrEqual(1.000001);
  });

  it('has the known mean pixel 0.1307', () => {
    const image = meanImage(loadMnist('train'));
    expect(mean(image.subarray(0, 784))).toBeCloseTo(0.1307, 4);
    expect(image[784]).toBe(0);
  });
});

describe('dealByClass', () => {
  const labels = Uint8Array.from({ length: 1000 }, (_, k) => k % 10);
  const classesOf = (share: number[]): number => new Set(share.map(index => labels[index])).size;

  it.each([0, 0.3, 1])('deals every index once at heterogeneity %d', part => {
    const shares = dealByClass(labels, { n: 7, heterogeneity: part });
    expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from(labels.keys()));
    expect(
      Math.max(...shares.map(s => s.length)) - Math.min(...shares.map(s => s.length))
    ).toBeLessThanOrEqual(2);
  });

  it('gives each node few classes at 1, and all of them at 0', () => {
    expect(dealByClass(labels, { n: 5 }).map(classesOf)).toEqual([2, 2, 2, 2, 2]);
    expect(dealByClass(labels, { n: 5, heterogeneity: 0 }).map(classesOf)).toEqual([
      10, 10, 10, 10, 10
    ]);
  });

  it.each([
    [{ n: 0 }, /n: expected/],
    [{ n: 2.5 }, /n: expected/],
    [{ n: 2, heterogeneity: 1.5 }, /heterogeneity: expected/]
  ])('refuses %o', (options, sentence) => {
    expect(() => dealByClass(labels, options)).toThrow(sentence);
  });
});

describe('softmax regression', () => {
  const options = { rank: 2, n: 60, pool: 2 } as const;
  let problem: SoftmaxRegression;
  beforeAll(async () => void (problem = await softmaxRegression(options)), 60_000);
  afterAll(() => problem.dispose());

  it('has the gradient of its loss', async () => {
    const x = scale(0.1, random(1).normal(problem.dimension));
    const direction = random(2).normal(problem.dimension);
    const h = 1e-2;
    const difference =
      (await problem.loss(add(x, scale(h, direction)))) -
      (await problem.loss(add(x, scale(-h, direction))));
    expect(difference / (2 * h) / dot(await problem.gradient(x), direction)).toBeCloseTo(1, 2);
  });

  it('starts at log 10, and guesses one digit in ten', async () => {
    const x = zeros(problem.dimension);
    expect(await problem.loss(x)).toBeCloseTo(Math.log(10), 4);
    expect(await problem.accuracy(x)).toBeCloseTo(0.098, 3);
  });

  it('takes the first images of the set, and refuses more than it has', async () => {
    const small = await softmaxRegression({ ...options, count: 600 });
    expect(small.samples).toBe(10);
    small.dispose();
    for (const count of [0, 2.5, 60_001])
      await expect(softmaxRegression({ ...options, count })).rejects.toThrow('images, count');
  });

  it('leaves no tensor behind, and frees its images', async () => {
    const tf = await loadTensorflow();
    const before = tf.memory().numTensors;
    const other = await softmaxRegression({ ...options, rank: 3 });
    const loaded = tf.memory().numTensors;
    const x = zeros(other.dimension);
    for (let k = 0; k < 3; k++) await other.gradient(x);
    await other.loss(x);
    expect(tf.memory().numTensors).toBe(loaded);
    await other.accuracy(x);
    expect(tf.memory().numTensors).toBe(loaded + 2);
    other.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('bounds its curvature: gradient steps of 1 / smoothness find the minimum', async () => {
    const { gradient, smoothness, convexity } = problem;
    const found = await nesterov({
      x0: zeros(problem.dimension),
      gradient,
      smoothness,
      convexity,
      tolerance: 1e-5
    });
    expect(found.gradientNorm).toBeLessThan(1e-5);
    expect(norm(await problem.gradient(found.x))).toBeLessThan(2e-5);
  });
});
