/**
 * Batch normalisation in training (Ioffe and Szegedy 2015), y = γ (x − μ) / √(σ² + ε) + β with μ and σ² of the batch, as
 * one operation whose gradient, through μ and σ² too, is one operation as well.
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';
import { fusedKernels, hasFused, isRecording, runFused } from './kernels.js';

export interface BatchNormInputs {
  /** [n, channels], [h, w, channels] or [n, h, w, channels]. */
  readonly x: Tensor;
  /** γ, one number a channel. */
  readonly scale: Tensor;
  /** β. */
  readonly offset: Tensor;
  /** The moving average of μ before this batch. */
  readonly mean: Tensor;
  /** That of σ², divided by the number of entries. */
  readonly variance: Tensor;
}

export interface BatchNormOptions {
  readonly epsilon: number;
  /** The part of the moving averages that this batch leaves: m ← momentum m + (1 − momentum) μ. */
  readonly momentum: number;
}

/** y, and the moving averages after this batch, which have no gradient. */
export interface NormalizedBatch {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** By the kernel of the backend where it has one. */
export function batchNorm(
  tf: Tensorflow,
  inputs: BatchNormInputs,
  options: BatchNormOptions
): NormalizedBatch {
  if (!hasFused(tf, fusedKernels.batchNorm)) return inParts(tf, inputs, options);
  const call = { inputs: { ...inputs }, attributes: { ...options } };
  const [y, mean, variance] = runFused(tf, fusedKernels.batchNorm, call);
  return { y, mean, variance };
}

/** m ← m − (1 − momentum)(m − μ) */
export function moved(tf: Tensorflow, before: Tensor, value: Tensor, momentum: number): Tensor {
  return tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum));
}

/** The same of operations that every backend has, and that have gradients themselves. */
function inParts(
  tf: Tensorflow,
  { x, scale, offset, ...moving }: BatchNormInputs,
  { epsilon, momentum }: BatchNormOptions
): NormalizedBatch {
  const axes = x.shape.map((_, k) => k).slice(0, -1);
  const { mean, variance } = tf.moments(x, axes) as Record<'mean' | 'variance', Tensor1D>;
  const affine = [offset as Tensor1D, scale as Tensor1D] as const;
  return {
    y: tf.batchNorm(x as never, mean, variance, ...affine, epsilon),
    mean: moved(tf, moving.mean, mean, momentum),
    variance: moved(tf, moving.variance, variance, momentum)
  };
}

/** Registers the gradient of the operation. */
export function fuseBatchNorm(tf: Tensorflow): void {
  tf.registerGradient({
    kernelName: fusedKernels.batchNorm,
    inputsToSave: ['x', 'scale'],
    // All behind the moving averages, as many as the backend has.
    outputsToSave: [false, false, false, true, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as Tensor[];
      const [x, scale, ...rest] = saved;
      const { epsilon } = attributes as { epsilon: number };
      const kept = Object.fromEntries(rest.map((tensor, k) => [`saved${k}`, tensor]));
      const call = { inputs: { dy, x, scale, ...kept }, attributes: { epsilon } };
      const [dx, dScale, dOffset] = isRecording(tf)
        ? gradientsInParts(tf, { x, scale, dy, epsilon })
        : runFused(tf, fusedKernels.batchNormGradient, call);
      const none = (): Tensor => tf.zerosLike(scale);
      const moving = { mean: none, variance: none };
      return { x: () => dx, scale: () => dScale, offset: () => dOffset, ...moving };
    }
  });
}

/** For a gradient of the gradient. y − β, and with it each gradient, is the same for every β. */
function gradientsInParts(
  tf: Tensorflow,
  { x, scale, dy, epsilon }: { x: Tensor; scale: Tensor; dy: Tensor; epsilon: number }
): Tensor[] {
  const zeros = tf.zerosLike(scale);
  // Moving averages have no part in y.
  const moving = { mean: zeros, variance: zeros };
  const y = (x: Tensor, scale: Tensor, offset: Tensor): Tensor =>
    inParts(tf, { x, scale, offset, ...moving }, { epsilon, momentum: 0 }).y;
  return tf.grads(y)([x, scale, zeros], dy);
}
