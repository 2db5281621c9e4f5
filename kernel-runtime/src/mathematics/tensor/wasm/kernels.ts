/** The kernels that TensorFlow.js's wasm backend lacks, has wrong or has slow, so that models train on it. */
import type { Tensorflow } from '../tensorflow.js';
import { batchNorm, batchNormGradient } from './batch-norm.js';
import { conv2dFilterGradient } from './conv2d-filter-gradient.js';
import { conv2dInputGradient } from './conv2d-input-gradient.js';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradients.js';
import { einsum } from './einsum.js';
import { maxPoolGradient } from './max-pool-gradient.js';
import { tile } from './tile.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

const KERNELS = [
  conv2dFilterGradient,
  conv2dInputGradient,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  maxPoolGradient,
  unsortedSegmentSum,
  tile,
  einsum,
  batchNorm,
  batchNormGradient
];

/** Registers them, in place of the backend's own where there is one. */
export function registerWasmKernels(tf: Tensorflow): void {
  for (const create of KERNELS) {
    const kernel = create(tf);
    if (tf.getKernel(kernel.kernelName, 'wasm')) tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel({ ...kernel, backendName: 'wasm' });
  }
}
