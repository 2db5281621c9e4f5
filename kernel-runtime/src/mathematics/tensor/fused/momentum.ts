/**
 * `tf.train.momentum` as one operation on all variables, v ← m v + g, x ← x − γ v (Polyak 1964), with Nesterov's look ahead
 * x ← x − γ (g + m v) where it is asked for. TensorFlow.js makes four operations for each variable.
 */
import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';

import type { Tensorflow } from '../tensorflow.js';
import { fusedKernels, hasFused, isRecording, runFused } from './kernels.js';

type Gradients = NamedTensorMap | readonly { readonly name: string; readonly tensor: Tensor }[];

/** What the optimizer holds, which its declaration keeps to itself. */
interface MomentumOptimizer {
  applyGradients(gradients: Gradients): void;
  incrementIterations(): void;
  readonly learningRate: number;
  readonly useNesterov: boolean;
  /** m, as it computes with it. */
  readonly m: Tensor;
  /** v, by the places of the variables. */
  readonly accumulations: readonly ({ readonly variable: Variable } | undefined)[];
}

/** What belongs to one variable. */
interface Moved {
  readonly gradient: Tensor;
  readonly velocity: Variable;
  readonly value: Variable;
}

/** Replaces what the optimizer does with gradients, on backends that have the kernel. */
export function fuseMomentum(tf: Tensorflow): void {
  const optimizer = tf.MomentumOptimizer.prototype as unknown as MomentumOptimizer;
  const inParts = optimizer.applyGradients;
  optimizer.applyGradients = function (this: MomentumOptimizer, gradients) {
    const all =
      hasFused(tf, fusedKernels.momentum) && !isRecording(tf)
        ? movedBy(tf, this, gradients)
        : undefined;
    if (all === undefined) return inParts.call(this, gradients);
    tf.tidy(() => step(tf, this, all));
    this.incrementIterations();
  };
}

/** Undefined in the first step, which makes the velocities, and for entries of other types. */
function movedBy(
  tf: Tensorflow,
  { accumulations }: MomentumOptimizer,
  gradients: Gradients
): Moved[] | undefined {
  const named = Array.isArray(gradients)
    ? (gradients as readonly { name: string; tensor: Tensor }[])
    : Object.entries(gradients as NamedTensorMap).map(([name, tensor]) => ({ name, tensor }));
  const variables = tf.engine().registeredVariables;
  const all: Moved[] = [];
  for (const [k, { name, tensor: gradient }] of named.entries()) {
    const [value, velocity] = [variables[name], accumulations[k]?.variable];
    if (!value || !velocity) return undefined;
    if (!gradient) continue;
    if ([gradient, velocity, value].some(({ dtype }) => dtype !== 'float32')) return undefined;
    all.push({ gradient, velocity, value });
  }
  return all.length > 0 ? all : undefined;
}

function step(
  tf: Tensorflow,
  { m, learningRate, useNesterov }: MomentumOptimizer,
  all: readonly Moved[]
): void {
  const list = [
    ...all.map(({ gradient }) => gradient),
    ...all.map(({ velocity }) => velocity),
    ...all.map(({ value }) => value),
    m
  ];
  const call = { inputs: { ...list }, attributes: { learningRate, useNesterov } };
  const results = runFused(tf, fusedKernels.momentum, call as never);
  all.forEach(({ velocity, value }, k) => {
    velocity.assign(results[k]);
    value.assign(results[all.length + k]);
  });
}
