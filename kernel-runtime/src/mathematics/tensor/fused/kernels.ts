/** Operations of which libraries have one kernel each, and whether the backend that computes now has it. */
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';

/** The kernels' names. */
export const fusedKernels = {
  /**
   * (x [..., c], scale, offset, mean, variance [c]; epsilon, momentum) → y, the moving mean and variance after this batch
   * (whose own variance is divided by n), and what its gradient needs.
   */
  batchNorm: 'BatchNormTraining',
  /** (dy, x, scale, and what the kernel gave for it, as saved0, saved1, …; epsilon) → the gradients by x, scale, offset. */
  batchNormGradient: 'BatchNormTrainingGrad',
  /** (dy, x) → dy where x > 0, else 0. */
  reluGradient: 'ReluGrad',
  /**
   * (gradients, velocities, values, as 0, 1, …, and m [] last; learningRate, useNesterov) → the velocities and values after a
   * step of momentum.
   */
  momentum: 'MomentumStep'
} as const;

type FusedKernel = (typeof fusedKernels)[keyof typeof fusedKernels];

/** Whether the backend that computes now has this kernel. */
export function hasFused(tf: Tensorflow, name: FusedKernel): boolean {
  return Boolean(tf.getKernel(name, tf.getBackend()));
}

/** Runs it. */
export function runFused(
  tf: Tensorflow,
  name: FusedKernel,
  { inputs, attributes = {} }: { inputs: NamedTensorMap; attributes?: NamedAttrMap }
): Tensor[] {
  return [tf.engine().runKernel<Tensor | Tensor[]>(name, inputs, attributes)].flat();
}

/** Whether a gradient of what is computed now will be asked for: these kernels have none of their own. */
export function isRecording(tf: Tensorflow): boolean {
  return tf.engine().state.gradientDepth > 0;
}
