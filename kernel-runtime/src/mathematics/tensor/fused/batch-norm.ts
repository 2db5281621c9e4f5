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
}

/** y, and μ and σ² (divided by the number of entries), which go into moving averages and have no gradient. */
export interface NormalizedBatch {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** By the kernel of the backend where it has one. */
export function batchNorm(
  tf: Tensorflow,
  inputs: BatchNormInputs,
  epsilon: number
): NormalizedBatch {
  if (!hasFused(tf, fusedKernels.batchNorm)) return inParts(tf, inputs, epsilon);
  const { x, scale, offset } = inputs;
  const call = { inputs: { x, scale, offset }, attributes: { epsilon } };
  const [y, mean, variance] = runFused(tf, fusedKernels.batchNorm, call);
  return { y, mean, variance };
}

/** The same of operations that every backend has, and that have gradients themselves. */
function inParts(
  tf: Tensorflow,
  { x, scale, offset }: BatchNormInputs,
  epsilon: number
): NormalizedBatch {
  const axes = x.shape.map((_, k) => k).slice(0, -1);
  const { mean, variance } = tf.moments(x, axes) as Record<'mean' | 'variance', Tensor1D>;
  const affine = [offset as Tensor1D, scale as Tensor1D] as const;
  const y = tf.batchNorm(x as never, mean, variance, ...affine, epsilon) as Tensor;
  return { y, mean, variance };
}

/** Registers the gradient of the operation. */
export function fuseBatchNorm(tf: Tensorflow): void {
  tf.registerGradient({
    kernelName: fusedKernels.batchNorm,
    inputsToSave: ['x', 'scale', 'offset'],
    // All outputs but y, as many as the backend has.
    outputsToSave: [false, true, true, true, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as Tensor[];
      const [x, scale, offset, ...rest] = saved;
      const { epsilon } = attributes as { epsilon: number };
      const kept = Object.fromEntries(rest.map((tensor, k) => [`saved${k}`, tensor]));
      const call = { inputs: { dy, x, scale, ...kept }, attributes: { epsilon } };
      const [dx, dScale, dOffset] = isRecording(tf)
        ? gradientsInParts(tf, { inputs: { x, scale, offset }, dy, epsilon })
        : runFused(tf, fusedKernels.batchNormGradient, call);
      return { x: () => dx, scale: () => dScale, offset: () => dOffset };
    }
  });
}

/** For a gradient of the gradient. */
function gradientsInParts(
  tf: Tensorflow,
  { inputs, dy, epsilon }: { inputs: BatchNormInputs; dy: Tensor; epsilon: number }
): Tensor[] {
  const y = (x: Tensor, scale: Tensor, offset: Tensor): Tensor =>
    inParts(tf, { x, scale, offset }, epsilon).y;
  return tf.grads(y)([inputs.x, inputs.scale, inputs.offset], dy);
}
