/** Registers the backend `torch` and its kernels: those of the table, and the processor's own for all others. */
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';

import { explain, type Handle } from '../addon.js';
import type { Tensorflow } from '../../tensorflow.js';
import type { Attributes } from './attributes.js';
import { beginKernel, endKernel } from './operators.js';
import { createBackend, type Input, type TorchBackend } from './storage.js';

/** Inputs by name; a list of tensors has the names 0, 1, … */
export type Inputs = Readonly<Record<string, Input>>;

/** One kernel: operators on handles. `undefined` for what is left to the processor's kernel. */
export type Kernel = (
  inputs: Inputs,
  attributes: Attributes,
  tf: Tensorflow,
  /** Where new tensors go, as PyTorch names it. */
  device?: string
) => Handle | readonly Handle[] | undefined;

/** Kernels by the names of TensorFlow.js. */
export type Kernels = Readonly<Record<string, Kernel>>;

const NAME = 'torch';

/** Makes the backend known to TensorFlow.js; `tf.setBackend('torch')` then takes it. */
export function registerTorch(tf: Tensorflow, kernels: Kernels, device: string): void {
  tf.registerBackend(NAME, () => createBackend(tf, device));
  const all = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  for (const kernelName of new Set([...all, ...Object.keys(kernels)])) {
    const kernel = Object.hasOwn(kernels, kernelName) ? kernels[kernelName] : undefined;
    tf.registerKernel({
      kernelName,
      backendName: NAME,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const call = { inputs, attrs: attrs ?? {}, backend: backend as TorchBackend, device };
        if (kernelName === 'Identity') return another(inputs['x'] as TensorInfo, call.backend);
        const results = kernel && run(tf, kernelName, kernel, call);
        return results ?? onProcessor(tf, kernelName, call);
      }
    });
  }
}

interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: TorchBackend;
  readonly device: string;
}

/** Undefined for what is left to the processor. */
function run(
  tf: Tensorflow,
  kernelName: string,
  kernel: Kernel,
  { inputs, attrs, backend, device }: Call
): TensorInfo | TensorInfo[] | undefined {
  const given: Record<string, Input> = {};
  for (const name in inputs) {
    const info = inputs[name];
    if (info === undefined || info === null) continue;
    if (info.dtype === 'string' || Array.isArray(info)) return undefined;
    given[name] = backend.input(info);
  }
  const begin = beginKernel();
  let results: Handle | readonly Handle[] | undefined;
  try {
    results = kernel(given, attrs, tf, device);
  } catch (error) {
    throw explain(`tf kernel ${kernelName}`, error);
  } finally {
    endKernel(begin, results);
  }
  if (typeof results === 'object') return results.map(one => backend.output(one));
  return results === undefined ? undefined : backend.output(results);
}

/** The same data under another reference. */
function another({ dataId, shape, dtype }: TensorInfo, backend: TorchBackend): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** The processor's own kernel of TensorFlow.js, on copies: for texts, and for what PyTorch has no operator for. */
function onProcessor(tf: Tensorflow, kernelName: string, { inputs, attrs, backend }: Call) {
  const cpu = tf.findBackend('cpu') as unknown as TorchBackend;
  const kernel = tf.getKernel(kernelName, 'cpu');
  if (!kernel) throw new Error(`no kernel ${kernelName} for the processor`);
  const copies: TensorInfo[] = [];
  const copy = (info: TensorInfo): TensorInfo => {
    const made = copyToProcessor(tf, info, { from: backend, to: cpu });
    copies.push(made);
    return made;
  };
  const copyAll = (info: unknown): unknown =>
    Array.isArray(info) ? info.map(copyAll) : info ? copy(info as TensorInfo) : info;
  const given = (
    Array.isArray(inputs)
      ? copyAll(inputs)
      : Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, copyAll(info)]))
  ) as NamedTensorInfoMap;
  const results = kernel.kernelFunc({ inputs: given, attrs, backend: cpu });
  const list = Array.isArray(results) ? results : [results];
  const outputs = list.map(({ dataId, shape, dtype }) => {
    const values = cpu.readSync(dataId);
    return { dataId: backend.write(values, [...shape], dtype), shape, dtype };
  });
  for (const { dataId } of [...list, ...copies]) cpu.disposeData(dataId, true);
  return Array.isArray(results) ? outputs : outputs[0];
}

function copyToProcessor(
  tf: Tensorflow,
  { dataId, shape, dtype }: TensorInfo,
  { from, to }: { readonly from: TorchBackend; readonly to: TorchBackend }
): TensorInfo {
  const values = from.readSync(dataId);
  if (dtype !== 'complex64') {
    // A few kernels of the processor ask for the rank of a whole tensor.
    const whole = { dataId: to.write(values, [...shape], dtype), shape, dtype, rank: shape.length };
    return whole;
  }
  const pairs = values as Float32Array;
  const part = (offset: number): TensorInfo => {
    const half = Float32Array.from({ length: pairs.length / 2 }, (_, k) => pairs[2 * k + offset]);
    return { dataId: to.write(half, [...shape], 'float32'), shape, dtype: 'float32' };
  };
  const complex = tf.getKernel('Complex', 'cpu');
  const inputs = { real: part(0), imag: part(1) };
  return complex.kernelFunc({ inputs, attrs: {}, backend: to }) as TensorInfo;
}
