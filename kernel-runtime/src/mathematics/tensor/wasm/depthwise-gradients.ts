/**
 * Kernels `DepthwiseConv2dNativeBackpropFilter` and `…BackpropInput`: the gradients of a convolution in which output
 * channel c·m + k comes of input channel c alone (m outputs for each input):
 *   dW[i, j, c, k] = Σ_{b, r, s} x[b, r·stride + i − pad, s·stride + j − pad, c] · dy[b, r, s, c·m + k],
 *   dx[b, r·stride + i − pad, s·stride + j − pad, c] = Σ_{i, j, k} W[i, j, c, k] · dy[b, r, s, c·m + k].
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

type Shape4 = [number, number, number, number];

/** As TensorFlow.js names them. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly dilations: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type ConvInfo = ReturnType<Tensorflow['backend_util']['computeConv2DInfo']>;

/** The gradient by the filter, for this instance of TensorFlow.js. */
export function depthwiseFilterGradient(tf: Tensorflow): WasmKernel {
  type Call = KernelCall<
    { x: TensorInfo; dy: TensorInfo },
    Attributes & { readonly filterShape: Shape4 }
  >;
  return wasmKernel('DepthwiseConv2dNativeBackpropFilter', ({ inputs, attrs, backend }: Call) => {
    const { x, dy } = inputs;
    const heap = new Heap(tf, backend);
    const info = convInfoOf(tf, x.shape, attrs.filterShape, attrs);
    const gradient = heap.output(info.filterShape);
    const [dW, xs, dys] = [gradient, x, dy].map(tensor => heap.values(tensor));
    dW.fill(0);
    visit(info, ({ weight, input, output }) => (dW[weight] += xs[input] * dys[output]));
    return gradient;
  });
}

/** The gradient by the input, for this instance of TensorFlow.js. */
export function depthwiseInputGradient(tf: Tensorflow): WasmKernel {
  type Call = KernelCall<
    { dy: TensorInfo; filter: TensorInfo },
    Attributes & { readonly inputShape: Shape4 }
  >;
  return wasmKernel('DepthwiseConv2dNativeBackpropInput', ({ inputs, attrs, backend }: Call) => {
    const { dy, filter } = inputs;
    const heap = new Heap(tf, backend);
    const info = convInfoOf(tf, attrs.inputShape, filter.shape, attrs);
    const gradient = heap.output(info.inShape);
    const [dx, W, dys] = [gradient, filter, dy].map(tensor => heap.values(tensor));
    dx.fill(0);
    visit(info, ({ weight, input, output }) => (dx[input] += W[weight] * dys[output]));
    return gradient;
  });
}

function convInfoOf(
  tf: Tensorflow,
  inShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes
): ConvInfo {
  const shapes = [inShape as Shape4, filterShape as Shape4] as const;
  return tf.backend_util.computeConv2DInfo(
    ...([...shapes, strides, dilations, pad, dimRoundingMode, true] as const)
  );
}

/** Where a weight, an entry of the input and an entry of the output that it multiplies stand in memory. */
interface Meeting {
  weight: number;
  input: number;
  output: number;
}

/** Calls `meet` for each product of the forward convolution, always with the same record. */
function visit(info: ConvInfo, meet: (meeting: Meeting) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const { dilationHeight, dilationWidth } = info;
  const multiple = outChannels / inChannels;
  const at: Meeting = { weight: 0, input: 0, output: 0 };
  for (let b = 0; b < batchSize; b++)
    for (let r = 0; r < outHeight; r++)
      for (let s = 0; s < outWidth; s++)
        for (let i = 0; i < filterHeight; i++) {
          const row = r * strideHeight + i * dilationHeight - padInfo.top;
          if (row < 0 || row >= inHeight) continue;
          for (let j = 0; j < filterWidth; j++) {
            const column = s * strideWidth + j * dilationWidth - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            at.weight = (i * filterWidth + j) * outChannels;
            at.output = ((b * outHeight + r) * outWidth + s) * outChannels;
            at.input = ((b * inHeight + row) * inWidth + column) * inChannels;
            for (let c = 0; c < inChannels; c++, at.input++)
              for (let k = 0; k < multiple; k++, at.weight++, at.output++) meet(at);
          }
        }
}
