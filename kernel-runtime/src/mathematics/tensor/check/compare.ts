/** Compares a backend with `cpu`, plain JavaScript: values and gradients of each case. */
import type { Tensor } from '@tensorflow/tfjs';

import { random } from '../../math/random.js';
import type { Tensorflow } from '../tensorflow.js';
import type { BackendCase } from './cases.js';

/** What one case came to. */
export interface Comparison {
  readonly name: string;
  /** max |a − b| / max(1, max |b|) over the value and all gradients; infinite where the backend failed. */
  readonly deviation: number;
  /** Why it failed, if it did. */
  readonly error?: string;
}

/** float32 in another order of sums stays below it. */
export const MOST_DEVIATION = 1e-4;

const REFERENCE = 'cpu';

/** Computes the case on both backends, which both are registered; the former backend computes again afterwards. */
export async function compareCase(
  tf: Tensorflow,
  backend: string,
  one: BackendCase
): Promise<Comparison> {
  const before = tf.getBackend();
  try {
    const expected = await resultsOn(tf, REFERENCE, one);
    const received = await resultsOn(tf, backend, one);
    const deviations = expected.map((values, k) => deviation(received[k], values));
    return { name: one.name, deviation: Math.max(...deviations) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { name: one.name, deviation: Infinity, error: said };
  } finally {
    await tf.setBackend(before);
  }
}

/** The value and the gradients of Σ (value ∘ R), with a fixed random R, so that no entry can hide behind another. */
async function resultsOn(
  tf: Tensorflow,
  backend: string,
  one: BackendCase
): Promise<ArrayLike<number>[]> {
  await tf.setBackend(backend);
  const results = tf.tidy(() => valueAndGradients(tf, one));
  const values = await Promise.all(results.map(result => result.data()));
  tf.dispose(results);
  return values;
}

function valueAndGradients(tf: Tensorflow, one: BackendCase): Tensor[] {
  const inputs = one.shapes.map((shape, k) => tf.tensor(noise(size(shape), k), [...shape]));
  const value = one.compute(tf, inputs);
  const by = one.by ?? inputs.map((_, k) => k);
  if (by.length === 0) return [value];
  const weights = tf.tensor(noise(value.size, inputs.length), value.shape);
  const all = tf.grads((...given: Tensor[]) => tf.sum(tf.mul(one.compute(tf, given), weights)));
  const gradients = all(inputs);
  return [value, ...by.map(k => gradients[k])];
}

function noise(length: number, stream: number): Float32Array {
  const uniform = random(1, 0, stream);
  return Float32Array.from({ length }, () => uniform.normal());
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function deviation(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (received.length !== expected.length) return Infinity;
  let [largest, scale] = [0, 1];
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(received[k] - expected[k]);
    // NaN is no agreement.
    largest = difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
    scale = Math.max(scale, Math.abs(expected[k]));
  }
  return largest / scale;
}
