/**
 * Kernels `BatchNormTraining` and `BatchNormTrainingGrad`: the backend has none, and TensorFlow.js makes some thirty
 * operations of the size of x of them. Here each is three, or two, walks through memory.
 */
import { fusedKernels } from '../fused/kernels.js';
import type { Tensorflow } from '../tensorflow.js';
import { Heap, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

interface Attributes {
  readonly epsilon: number;
  readonly momentum: number;
}

/** y, the moving mean and variance, and those of the batch. */
export function batchNorm(tf: Tensorflow): WasmKernel {
  type Names = 'x' | 'scale' | 'offset' | 'mean' | 'variance';
  type Call = KernelCall<Record<Names, TensorInfo>, Attributes>;
  return severalOutputs(fusedKernels.batchNorm, ({ inputs, attrs, backend }: Call) => {
    const heap = new Heap(tf, backend);
    const { x, scale, offset } = inputs;
    const outputs = [x, scale, scale, scale, scale].map(({ shape }) => heap.output(shape));
    const [y, movedMean, movedVariance, mean, variance] = outputs.map(one => heap.values(one));
    const [values, gamma, beta] = [x, scale, offset].map(tensor => heap.values(tensor));
    const moments = momentsOf(values, gamma.length);
    mean.set(moments.mean);
    variance.set(moments.variance);
    move(movedMean, heap.values(inputs.mean), moments.mean, attrs.momentum);
    move(movedVariance, heap.values(inputs.variance), moments.variance, attrs.momentum);
    const slope = moments.variance.map((v, c) => gamma[c] / Math.sqrt(v + attrs.epsilon));
    const shift = moments.mean.map((m, c) => beta[c] - m * slope[c]);
    for (let row = 0; row < values.length; row += slope.length)
      for (let c = 0; c < slope.length; c++) y[row + c] = slope[c] * values[row + c] + shift[c];
    return outputs;
  });
}

/** By x: (γ / s)(dy − mean(dy) − x̂ mean(dy x̂)), by scale: Σ dy x̂, by offset: Σ dy; s = √(σ² + ε), x̂ = (x − μ) / s. */
export function batchNormGradient(tf: Tensorflow): WasmKernel {
  type Names = 'dy' | 'x' | 'scale' | 'saved0' | 'saved1';
  type Call = KernelCall<Record<Names, TensorInfo>, Attributes>;
  return severalOutputs(fusedKernels.batchNormGradient, ({ inputs, attrs, backend }: Call) => {
    const heap = new Heap(tf, backend);
    const outputs = [inputs.x, inputs.scale, inputs.scale].map(({ shape }) => heap.output(shape));
    const [dx, dScale, dOffset] = outputs.map(tensor => heap.values(tensor));
    const { dy: slopes, x: values, scale, saved0: means, saved1: variances } = inputs;
    const [dy, x, gamma] = [slopes, values, scale].map(tensor => heap.values(tensor));
    const [mean, variance] = [means, variances].map(tensor =>
      Float64Array.from(heap.values(tensor))
    );
    const channels = gamma.length;
    const inverse = variance.map(v => 1 / Math.sqrt(v + attrs.epsilon));
    const [sum, weighted] = [new Float64Array(channels), new Float64Array(channels)];
    for (let row = 0; row < x.length; row += channels)
      for (let c = 0; c < channels; c++) {
        sum[c] += dy[row + c];
        weighted[c] += dy[row + c] * (x[row + c] - mean[c]);
      }
    dOffset.set(sum);
    dScale.set(weighted.map((w, c) => w * inverse[c]));
    // dx = a dy − b x + d, channel by channel.
    const n = x.length / channels;
    const a = inverse.map((s, c) => gamma[c] * s);
    const b = a.map((slope, c) => (slope * weighted[c] * inverse[c] ** 2) / n);
    const d = b.map((slope, c) => slope * mean[c] - (a[c] * sum[c]) / n);
    for (let row = 0; row < x.length; row += channels)
      for (let c = 0; c < channels; c++)
        dx[row + c] = a[c] * dy[row + c] - b[c] * x[row + c] + d[c];
    return outputs;
  });
}

/** m ← momentum m + (1 − momentum) value */
function move(to: Float32Array, m: Float32Array, value: Float64Array, momentum: number): void {
  for (let c = 0; c < to.length; c++) to[c] = momentum * m[c] + (1 - momentum) * value[c];
}

/** Of each channel; the variance in a second walk, so that no digits are lost. */
function momentsOf(x: Float32Array, channels: number): Record<'mean' | 'variance', Float64Array> {
  const n = x.length / channels;
  const mean = new Float64Array(channels);
  for (let row = 0; row < x.length; row += channels)
    for (let c = 0; c < channels; c++) mean[c] += x[row + c];
  for (let c = 0; c < channels; c++) mean[c] /= n;
  const variance = new Float64Array(channels);
  for (let row = 0; row < x.length; row += channels)
    for (let c = 0; c < channels; c++) variance[c] += (x[row + c] - mean[c]) ** 2;
  for (let c = 0; c < channels; c++) variance[c] /= n;
  return { mean, variance };
}

function severalOutputs<Call>(name: string, compute: (call: Call) => TensorInfo[]): WasmKernel {
  return { kernelName: name, kernelFunc: compute as unknown as WasmKernel['kernelFunc'] };
}
