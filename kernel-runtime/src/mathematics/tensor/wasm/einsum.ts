/**
 * Kernel `Einsum`, sums of products over named dimensions, as in `bij,bjk->bik`: operands are multiplied with their
 * dimensions in one order, and each dimension is summed as soon as no later operand has it.
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

/** The kernel for this instance of TensorFlow.js. */
export function einsum(tf: Tensorflow): WasmKernel {
  type Call = KernelCall<readonly TensorInfo[], { readonly equation: string }>;
  return wasmKernel('Einsum', ({ inputs, attrs, backend }: Call) => {
    const heap = new Heap(tf, backend);
    const operands = Object.values(inputs);
    const util = tf.backend_util;
    const { allDims, summedDims, idDims } = util.decodeEinsumEquation(
      attrs.equation,
      operands.length
    );
    util.checkEinsumDimSizes(allDims.length, idDims, operands as never);
    const { path, steps } = util.getEinsumComputePath(summedDims, idDims);
    let product: TensorInfo | undefined;
    let remaining = allDims.length;
    try {
      steps.forEach((terms, step) => {
        for (const term of terms) {
          const order = util.getEinsumPermutation(remaining, idDims[term]);
          const operand = inOrder(heap, operands[term], order);
          product = product ? heap.keep(heap.run('Multiply', { a: operand, b: product })) : operand;
        }
        if (step === steps.length - 1) return;
        if (path[step] >= 0 && product) {
          const axis = path[step] - (allDims.length - remaining);
          product = heap.keep(heap.run('Sum', { x: product }, { axis, keepDims: false }));
        }
        remaining--;
      });
      // What is returned outlives the call.
      return heap.run('Identity', { x: product as TensorInfo });
    } finally {
      heap.free();
    }
  });
}

interface Order {
  readonly permutationIndices: number[];
  readonly expandDims: number[];
}

/** The operand with its dimensions in the common order, and 1 where it lacks one. */
function inOrder(heap: Heap, operand: TensorInfo, order: Order): TensorInfo {
  const { permutationIndices: perm, expandDims } = order;
  const isOrdered = perm.every((from, to) => from === to);
  const x = isOrdered ? operand : heap.keep(heap.run('Transpose', { x: operand }, { perm }));
  const shape = [...x.shape];
  for (const at of expandDims) shape.splice(at, 0, 1);
  return { ...x, shape };
}
