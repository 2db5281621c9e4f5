/**
 * Kernel `UnsortedSegmentSum`, which is the gradient of `gather`: y[k] = Σ over the i with id k of x[i]. Ids that are
 * negative, or too large, add to nothing.
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

/** The kernel for this instance of TensorFlow.js. */
export function unsortedSegmentSum(tf: Tensorflow): WasmKernel {
  type Call = KernelCall<
    { x: TensorInfo; segmentIds: TensorInfo },
    { readonly numSegments: number }
  >;
  return wasmKernel('UnsortedSegmentSum', ({ inputs, attrs, backend }: Call) => {
    const { x, segmentIds } = inputs;
    const rest = x.shape.slice(segmentIds.shape.length);
    const width = rest.reduce((product, n) => product * n, 1);
    const heap = new Heap(tf, backend);
    const result = backend.makeOutput([attrs.numSegments, ...rest], x.dtype) as TensorInfo;
    const [sums, terms, ids] = [result, x, segmentIds].map(tensor => heap.values(tensor));
    sums.fill(0);
    ids.forEach((id, i) => {
      if (id < 0 || id >= attrs.numSegments) return;
      for (let k = 0; k < width; k++) sums[id * width + k] += terms[i * width + k];
    });
    return result;
  });
}
