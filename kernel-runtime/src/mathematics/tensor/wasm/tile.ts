/**
 * Kernel `Tile`, x repeated along each dimension: the gradient of a batch normalisation spends a sixth of a step in it.
 * Whole blocks are copied, where the backend's own kernel looks up the place of each entry.
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

/** The kernel for this instance of TensorFlow.js. */
export function tile(tf: Tensorflow): WasmKernel {
  type Call = KernelCall<{ x: TensorInfo }, { readonly reps: readonly number[] }>;
  return wasmKernel('Tile', ({ inputs, attrs, backend }: Call) => {
    const { x } = inputs;
    const { reps } = attrs;
    const heap = new Heap(tf, backend);
    const shape = x.shape.map((n, k) => n * reps[k]);
    const result = backend.makeOutput(shape, x.dtype) as TensorInfo;
    const [to, from] = [heap.values(result), heap.values(x)];
    const ends = reps.map((_, k) => reps.slice(k).every(n => n === 1));
    const sizeFrom = (k: number): number => x.shape.slice(k).reduce((product, n) => product * n, 1);
    let read = 0;

    /** Writes the rest of x from dimension k on at a place; returns the place behind it. */
    const write = (k: number, at: number): number => {
      if (k === reps.length || ends[k]) {
        const size = sizeFrom(k);
        to.set(from.subarray(read, read + size), at);
        read += size;
        return at + size;
      }
      let end = at;
      for (let i = 0; i < x.shape[k]; i++) end = write(k + 1, end);
      const once = end - at;
      for (let copy = 1; copy < reps[k]; copy++) to.copyWithin(at + copy * once, at, at + once);
      return at + once * reps[k];
    };
    if (to.length > 0) write(0, 0);
    return result;
  });
}
