/**
 * Kernel `Conv2DBackpropFilter`: the gradient of a convolution by its filter,
 *   dW[i, j, c, o] = Σ_{b, r, s} x[b, r·stride + i − pad, s·stride + j − pad, c] · dy[b, r, s, o],
 * as one product of matrices, P · dy, where row (i, j, c) of P holds the entries of x that meet this weight.
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

/** As TensorFlow.js names them. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
}

type ConvInfo = ReturnType<Tensorflow['backend_util']['computeConv2DInfo']>;

/** P takes at most so many entries at a time: 64 MB. Larger batches are added up part by part. */
const MOST_ENTRIES = 2 ** 24;

/** The kernel for this instance of TensorFlow.js. */
export function conv2dFilterGradient(tf: Tensorflow): WasmKernel {
  return wasmKernel('Conv2DBackpropFilter', (call: KernelCall<Inputs, Attributes>) => {
    const { inputs, attrs, backend } = call;
    const heap = new Heap(tf, backend);
    try {
      return compute(heap, inputs, convInfoOf(tf, inputs.x, attrs));
    } finally {
      heap.free();
    }
  });
}

interface Inputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

function convInfoOf(tf: Tensorflow, x: TensorInfo, attrs: Attributes): ConvInfo {
  const { strides, pad, dimRoundingMode, filterShape, dataFormat } = attrs;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  if (format !== 'channelsLast') throw new Error('The wasm backend convolves NHWC only.');
  const shape = x.shape as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(
    ...([shape, filterShape, strides, 1, pad, dimRoundingMode, false, format] as const)
  );
}

function compute(heap: Heap, { x, dy }: Inputs, info: ConvInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, inChannels } = info;
  const rows = info.filterHeight * info.filterWidth * inChannels;
  const perImage = outHeight * outWidth;
  const gradient = heap.output(info.filterShape);
  heap.values(gradient).fill(0);
  if (rows * perImage * batchSize === 0) return gradient;
  // One channel after the other, so that what a weight meets lies side by side.
  const channels = heap.keep(heap.run('Transpose', { x }, { perm: [3, 0, 1, 2] }));
  const images = Math.max(1, Math.min(batchSize, Math.floor(MOST_ENTRIES / (rows * perImage))));
  for (let first = 0; first < batchSize; first += images) {
    const count = Math.min(images, batchSize - first);
    const met = heap.scratch([rows, count * perImage]);
    fillMet(heap.values(met), heap.values(channels), info, { first, count });
    const part = heap.scratch([count * perImage, outChannels]);
    const from = first * perImage * outChannels;
    heap.values(part).set(heap.values(dy).subarray(from, from + count * perImage * outChannels));
    const product = heap.keep(heap.matMul(met, part));
    const [sum, added] = [heap.values(gradient), heap.values(product)];
    for (let k = 0; k < sum.length; k++) sum[k] += added[k];
  }
  return gradient;
}

/** Fills P for some images: zero where a weight meets the padding. */
function fillMet(
  met: Float32Array,
  channels: Float32Array,
  info: ConvInfo,
  { first, count }: { first: number; count: number }
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = info;
  let at = 0;
  for (let i = 0; i < filterHeight; i++)
    for (let j = 0; j < filterWidth; j++) {
      // The columns s of dy for which s·stride + j − pad lies in x.
      const left = Math.max(0, Math.ceil((padInfo.left - j) / strideWidth));
      const right = Math.min(
        outWidth,
        Math.floor((inWidth - 1 + padInfo.left - j) / strideWidth) + 1
      );
      for (let c = 0; c < inChannels; c++)
        for (let b = first; b < first + count; b++)
          for (let r = 0; r < outHeight; r++, at += outWidth) {
            const row = r * strideHeight + i - padInfo.top;
            if (row < 0 || row >= inHeight || right <= left) {
              met.fill(0, at, at + outWidth);
              continue;
            }
            const from = ((c * batchSize + b) * inHeight + row) * inWidth + j - padInfo.left;
            for (let s = 0; s < left; s++) met[at + s] = 0;
            for (let s = left; s < right; s++) met[at + s] = channels[from + s * strideWidth];
            for (let s = Math.max(left, right); s < outWidth; s++) met[at + s] = 0;
          }
    }
}
