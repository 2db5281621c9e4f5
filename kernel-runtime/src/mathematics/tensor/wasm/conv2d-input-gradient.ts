/**
 * Kernel `Conv2DBackpropInput`: the gradient of a convolution by its input is a convolution again, of dy with zeros between
 * its entries where the stride was more than 1, and with the filter turned around and its channels exchanged:
 *   dx[b, r, s, c] = Σ_{i, j, o} W[kh−1−i, kw−1−j, c, o] · dy⁺[b, r + i − top, s + j − left, o],  top = kh − 1 − pad.
 * So it runs at the speed of the forward convolution; the backend's own kernel is plain loops.
 */
import type { Tensorflow } from '../tensorflow.js';
import { Heap, wasmKernel, type KernelCall, type TensorInfo, type WasmKernel } from './heap.js';

type Shape4 = [number, number, number, number];

/** As TensorFlow.js names them. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape: Shape4;
}

type ConvInfo = ReturnType<Tensorflow['backend_util']['computeConv2DInfo']>;

/** The kernel for this instance of TensorFlow.js; what it does not cover it leaves to the backend's own. */
export function conv2dInputGradient(tf: Tensorflow): WasmKernel {
  const own = tf.getKernel('Conv2DBackpropInput', 'wasm');
  type Inputs = { dy: TensorInfo; filter: TensorInfo };
  return wasmKernel('Conv2DBackpropInput', (call: KernelCall<Inputs, Attributes>) => {
    const { inputs, attrs, backend } = call;
    const info = convInfoOf(tf, inputs.filter, attrs);
    const padding = paddingOf(info);
    if (padding.flat().some(n => n < 0) || info.dataFormat !== 'channelsLast')
      return own.kernelFunc(call as never) as TensorInfo;
    const heap = new Heap(tf, backend);
    try {
      const x = spread(heap, inputs.dy, info);
      const filter = turned(heap, inputs.filter);
      const given = { strides: 1, dilations: 1, pad: padding, dataFormat: 'NHWC' };
      return heap.run('Conv2D', { x, filter }, given);
    } finally {
      heap.free();
    }
  });
}

function convInfoOf(tf: Tensorflow, filter: TensorInfo, attrs: Attributes): ConvInfo {
  const { strides, pad, dimRoundingMode, inputShape, dataFormat } = attrs;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  const shape = filter.shape as Shape4;
  return tf.backend_util.computeConv2DInfo(
    ...([inputShape, shape, strides, 1, pad, dimRoundingMode, false, format] as const)
  );
}

/** So much that the result has the size of the input. */
function paddingOf(info: ConvInfo): number[][] {
  const { padInfo, filterHeight, filterWidth, inHeight, inWidth } = info;
  const [height, width] = spreadSize(info);
  const top = filterHeight - 1 - padInfo.top;
  const left = filterWidth - 1 - padInfo.left;
  const bottom = inHeight + filterHeight - 1 - height - top;
  const right = inWidth + filterWidth - 1 - width - left;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0]
  ];
}

function spreadSize({ outHeight, outWidth, strideHeight, strideWidth }: ConvInfo): number[] {
  return [(outHeight - 1) * strideHeight + 1, (outWidth - 1) * strideWidth + 1];
}

/** dy with zeros between its entries. */
function spread(heap: Heap, dy: TensorInfo, info: ConvInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const [height, width] = spreadSize(info);
  const wide = heap.scratch([batchSize, height, width, outChannels]);
  const [to, from] = [heap.values(wide), heap.values(dy)];
  to.fill(0);
  for (let b = 0, at = 0; b < batchSize; b++)
    for (let r = 0; r < outHeight; r++)
      for (let s = 0; s < outWidth; s++, at += outChannels) {
        const place = ((b * height + r * strideHeight) * width + s * strideWidth) * outChannels;
        for (let o = 0; o < outChannels; o++) to[place + o] = from[at + o];
      }
  return wide;
}

/** The filter turned by half a circle, from the output's channels to the input's. */
function turned(heap: Heap, filter: TensorInfo): TensorInfo {
  const [height, width, ins, outs] = filter.shape;
  const result = heap.scratch([height, width, outs, ins]);
  const [to, from] = [heap.values(result), heap.values(filter)];
  const places = height * width;
  for (let place = 0; place < places; place++)
    for (let c = 0; c < ins; c++)
      for (let o = 0; o < outs; o++)
        to[((places - 1 - place) * outs + o) * ins + c] = from[(place * ins + c) * outs + o];
  return result;
}
