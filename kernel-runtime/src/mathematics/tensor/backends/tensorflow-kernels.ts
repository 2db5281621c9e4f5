/** Kernels of TensorFlow that tfjs-node does not reach: those that a training step is shorter by. */
import type { Tensor } from '@tensorflow/tfjs';

import { moved } from '../fused/batch-norm.js';
import { fusedKernels } from '../fused/kernels.js';
import type { Tensorflow } from '../tensorflow.js';

/** An attribute of an operation, as the binding takes it. */
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The backend of tfjs-node, as far as it is used here. */
interface NodeBackend {
  readonly binding: Readonly<
    Record<
      'TF_FLOAT' | 'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING',
      number
    >
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number
  ): Tensor[];
}

interface KernelCall {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: { readonly epsilon: number; readonly momentum: number };
  readonly backend: NodeBackend;
}

type Compute = (tf: Tensorflow, call: KernelCall) => Tensor[];

const kernels: Readonly<Record<string, Compute>> = {
  [fusedKernels.batchNorm]: batchNorm,
  [fusedKernels.batchNormGradient]: batchNormGradient,
  [fusedKernels.reluGradient]: reluGradient
};

/** Registers them. */
export function registerTensorflowKernels(tf: Tensorflow): void {
  for (const [kernelName, compute] of Object.entries(kernels)) {
    const kernelFunc = (call: unknown): Tensor[] => tf.tidy(() => compute(tf, call as KernelCall));
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}

function batchNorm(tf: Tensorflow, { inputs, attrs, backend }: KernelCall): Tensor[] {
  const { x, scale, offset } = inputs;
  const none = tf.tensor1d([], 'float32');
  const [y, mean, unbiased, ...reserved] = backend.executeMultipleOutputs(
    ...(['FusedBatchNormV3', normAttributes(backend, attrs.epsilon)] as const),
    ...([[asImages(tf, x), scale, offset, none, none], 6] as const)
  );
  const n = x.size / scale.size;
  // TensorFlow divides by n − 1.
  const variance = tf.mul(unbiased, n > 1 ? (n - 1) / n : 1);
  const moving = [
    moved(tf, inputs['mean'], mean, attrs.momentum),
    moved(tf, inputs['variance'], variance, attrs.momentum)
  ];
  return [tf.reshape(y, x.shape), ...moving, ...reserved];
}

function batchNormGradient(tf: Tensorflow, { inputs, attrs, backend }: KernelCall): Tensor[] {
  const { dy, x, scale, saved0, saved1, saved2 } = inputs;
  const [dx, dScale, dOffset] = backend.executeMultipleOutputs(
    ...(['FusedBatchNormGradV3', normAttributes(backend, attrs.epsilon)] as const),
    ...([[asImages(tf, dy), asImages(tf, x), scale, saved0, saved1, saved2], 5] as const)
  );
  return [tf.reshape(dx, x.shape), dScale, dOffset];
}

function reluGradient(_: Tensorflow, { inputs: { dy, x }, backend }: KernelCall): Tensor[] {
  return backend.executeMultipleOutputs('ReluGrad', [typeOf(backend, 'T')], [dy, x], 1);
}

/** [..., channels] as [n, 1, 1, channels]: the kernels take images only. */
function asImages(tf: Tensorflow, x: Tensor): Tensor {
  if (x.rank === 4) return x;
  const channels = x.shape[x.rank - 1];
  return tf.reshape(x, [x.size / channels, 1, 1, channels]);
}

function normAttributes(backend: NodeBackend, epsilon: number): Attribute[] {
  const { TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING } = backend.binding;
  return [
    typeOf(backend, 'T'),
    typeOf(backend, 'U'),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true }
  ];
}

function typeOf({ binding }: NodeBackend, name: string): Attribute {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}
