/** What kernels written here need of the wasm backend: new tensors, their values on its heap, and its own kernels. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

import type { Tensorflow } from '../tensorflow.js';

type KernelFunc = Parameters<Tensorflow['registerKernel']>[0]['kernelFunc'];
type KernelArguments = Parameters<KernelFunc>[0];

/** A tensor without its methods: what kernels take and return. */
export interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'complex64' | 'string';
}

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

/** A kernel of the wasm backend, as far as it is written here. */
export interface WasmKernel {
  readonly kernelName: string;
  readonly kernelFunc: KernelFunc;
}

/** A kernel under its name in TensorFlow.js, which gives it the inputs and attributes that belong to the name. */
export function wasmKernel<Inputs, Attributes>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo
): WasmKernel {
  return { kernelName, kernelFunc: compute as unknown as KernelFunc };
}

/** Tensors that live as long as one call of a kernel. */
export class Heap {
  readonly #tf: Tensorflow;
  readonly #backend: BackendWasm;
  readonly #temporary: TensorInfo[] = [];

  constructor(tf: Tensorflow, backend: BackendWasm) {
    this.#tf = tf;
    this.#backend = backend;
  }

  /** A new tensor of float32 that stays; its values are whatever the memory held. */
  output(shape: readonly number[]): TensorInfo {
    return this.#backend.makeOutput([...shape], 'float32');
  }

  /** The same, until `free`. */
  scratch(shape: readonly number[]): TensorInfo {
    return this.keep(this.output(shape));
  }

  /** Gives a tensor back with the temporary ones. */
  keep(tensor: TensorInfo): TensorInfo {
    this.#temporary.push(tensor);
    return tensor;
  }

  /** The values of a tensor. The heap moves when it grows: ask again after each new tensor. */
  values(tensor: TensorInfo): Float32Array {
    return this.#backend.typedArrayFromHeap(tensor) as Float32Array;
  }

  /** Runs a kernel of this backend; the result stays. */
  run(name: string, inputs: Record<string, TensorInfo>, attrs: object = {}): TensorInfo {
    const kernel = this.#tf.getKernel(name, 'wasm');
    const call = { inputs, attrs, backend: this.#backend } as unknown as KernelArguments;
    return kernel.kernelFunc(call) as TensorInfo;
  }

  /** The product of two matrices, a: [m, k], b: [k, n]; the result stays. */
  matMul(a: TensorInfo, b: TensorInfo): TensorInfo {
    const as3 = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => ({
      ...{ dataId, dtype },
      shape: [1, ...shape]
    });
    const product = this.run(
      'BatchMatMul',
      { a: as3(a), b: as3(b) },
      { transposeA: false, transposeB: false }
    );
    return { ...product, shape: product.shape.slice(1) };
  }

  /** The end of the call. */
  free(): void {
    for (const { dataId } of this.#temporary.splice(0)) this.#backend.disposeData(dataId);
  }
}
