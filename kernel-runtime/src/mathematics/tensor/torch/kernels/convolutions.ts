/**
 * Convolutions. TensorFlow.js has the channels last (NHWC) and its filters first by height and width (HWIO); PyTorch's
 * operators take them as views in its own order, so that nothing is copied: its kernels know channels-last memory.
 */
import type { Handle } from '../addon.js';
import { op, several } from '../backend/operators.js';
import type { Attributes } from '../backend/attributes.js';
import type { Inputs, Kernels } from '../backend/register.js';
import type { Input } from '../backend/storage.js';
import type { Tensorflow } from '../../tensorflow.js';
import { activate } from './elementwise.js';

const permute = op('permute');
const convolution = op('convolution');
const backward = several('convolution_backward');
const pad = op('constant_pad_nd');
const narrow = op('narrow');
const add = op('add', 'Tensor');
const reshape = op('reshape');
const newEmpty = op('new_empty');
const contiguous = op('contiguous');

/** Height and width of a window on an image: where it steps, what is added around it. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Top, bottom, left, right. */
  readonly padding: readonly [number, number, number, number];
  /** Height and width of the result. */
  readonly output: readonly [number, number];
}

interface Info {
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly padInfo: { top: number; bottom: number; left: number; right: number };
}

/** The window that TensorFlow.js has computed. */
export function windowOf(info: Info): Window {
  const { top, bottom, left, right } = info.padInfo;
  return {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    padding: [top, bottom, left, right],
    output: [info.outHeight, info.outWidth]
  };
}

/** NHWC seen as NCHW. */
export const toChannelsFirst = (x: Handle): Handle => permute(x, [0, 3, 1, 2]);
/** NCHW seen as NHWC. */
export const toChannelsLast = (x: Handle): Handle => permute(x, [0, 2, 3, 1]);

/** Whether PyTorch can pad by itself, which it does alike on both sides. */
export function isSymmetric({ padding: [top, bottom, left, right] }: Window): boolean {
  return top === bottom && left === right;
}

/** The image with its padding, and what is left to PyTorch. `value` fills the edges. */
export function padded(x: Handle, window: Window, value = 0): { x: Handle; padding: number[] } {
  const [top, bottom, left, right] = window.padding;
  if (isSymmetric(window)) return { x, padding: [top, left] };
  return { x: pad(x, [left, right, top, bottom], value), padding: [0, 0] };
}

function convolve(x: Handle, filter: Handle, window: Window, groups = 1): Handle {
  const { x: image, padding } = padded(toChannelsFirst(x), window);
  const { strides, dilations } = window;
  const y = convolution(image, filter, null, strides, padding, dilations, false, [0, 0], groups);
  return toChannelsLast(y);
}

/** PyTorch's number of channels-last memory. */
const CHANNELS_LAST = 2;

/**
 * HWIO seen as OIHW, in the memory that PyTorch's kernels want. A filter keeps that memory from now on, so that it is not
 * turned again in the gradients, and what optimizers make of it lies there from the beginning.
 */
function filterOf(filter: Input): Handle {
  const turned = contiguous(permute(filter.handle, [3, 2, 0, 1]), CHANNELS_LAST);
  filter.replace(permute(turned, [2, 3, 1, 0]));
  return turned;
}

/** H·W·C·M of a depthwise filter as C·M filters of one channel. */
function depthwiseFilter({ handle, shape }: Input): Handle {
  const [height, width, channels, times] = shape;
  return reshape(permute(handle, [2, 3, 0, 1]), [channels * times, 1, height, width]);
}

type Shape4 = [number, number, number, number];

function infoOf(
  tf: Tensorflow,
  shapes: { readonly x: readonly number[]; readonly filter: readonly number[] },
  attributes: Attributes,
  isDepthwise = false
): Window {
  const { strides = 1, pad = 'valid', dimRoundingMode, dilations } = attributes;
  const info = tf.backend_util.computeConv2DInfo(
    shapes.x as Shape4,
    shapes.filter as Shape4,
    strides,
    // `null` means the default too.
    dilations ?? 1,
    pad,
    dimRoundingMode,
    isDepthwise
  );
  return windowOf(info);
}

const isOther = ({ dataFormat }: Attributes): boolean =>
  dataFormat !== undefined && dataFormat !== 'NHWC';

function conv2d({ x, filter }: Inputs, attributes: Attributes, tf: Tensorflow): Handle {
  const window = infoOf(tf, { x: x.shape, filter: filter.shape }, attributes);
  // Fewer channels than the filter has: none are shared here, so the number of groups is their quotient.
  const groups = x.shape[3] / filter.shape[2];
  return convolve(x.handle, filterOf(filter), window, groups);
}

function depthwise({ x, filter }: Inputs, attributes: Attributes, tf: Tensorflow): Handle {
  const window = infoOf(tf, { x: x.shape, filter: filter.shape }, attributes, true);
  return convolve(x.handle, depthwiseFilter(filter), window, filter.shape[2]);
}

function fused(y: Handle, inputs: Inputs, attributes: Attributes): Handle {
  const { bias, preluActivationWeights } = inputs;
  const biased = bias === undefined ? y : add(y, bias.handle);
  return activate(biased, attributes['activation'], {
    weights: preluActivationWeights?.handle,
    alpha: attributes['leakyreluAlpha'] as number
  });
}

interface Backward {
  readonly dy: Handle;
  /** The image, or one of its shape. */
  readonly x: Handle;
  readonly filter: Handle;
  readonly window: Window;
  readonly groups: number;
  /** Which gradient: by the image (0) or by the filter (1). */
  readonly by: 0 | 1;
}

/** The gradient in NCHW or OIHW; an image that had to be padded is cut back. */
function gradient({ dy, x, filter, window, groups, by }: Backward): Handle {
  const { x: image, padding } = padded(toChannelsFirst(x), window);
  const { strides, dilations } = window;
  const settings = [null, strides, padding, dilations, false, [0, 0], groups];
  const wanted = [by === 0, by === 1, false];
  return backward(toChannelsFirst(dy), image, filter, ...settings, wanted)[by];
}

function cutBack(dx: Handle, window: Window, [, height, width]: readonly number[]): Handle {
  const [top, , left] = window.padding;
  if (isSymmetric(window)) return dx;
  return narrow(narrow(dx, 2, top, height), 3, left, width);
}

/** A tensor of this shape whose entries nobody reads. */
const placeholder = (like: Handle, shape: readonly number[]): Handle => newEmpty(like, shape);

function imageGradient(
  { dy, filter }: Inputs,
  attributes: Attributes,
  { tf, isDepthwise }: { readonly tf: Tensorflow; readonly isDepthwise: boolean }
): Handle | undefined {
  const shape = attributes['inputShape'] as number[];
  const window = infoOf(tf, { x: shape, filter: filter.shape }, attributes, isDepthwise);
  // TensorFlow.js takes gradients of other sizes too.
  const isOfOutput = dy.shape[1] === window.output[0] && dy.shape[2] === window.output[1];
  if (!isOfOutput) return undefined;
  const dx = gradient({
    dy: dy.handle,
    x: placeholder(dy.handle, shape),
    filter: isDepthwise ? depthwiseFilter(filter) : filterOf(filter),
    window,
    groups: isDepthwise ? filter.shape[2] : shape[3] / filter.shape[2],
    by: 0
  });
  return toChannelsLast(cutBack(dx, window, shape));
}

function filterGradient(
  { x, dy }: Inputs,
  attributes: Attributes,
  { tf, isDepthwise }: { readonly tf: Tensorflow; readonly isDepthwise: boolean }
): Handle {
  const shape = attributes['filterShape'] as number[];
  const [height, width, channels, times] = shape;
  const window = infoOf(tf, { x: x.shape, filter: shape }, attributes, isDepthwise);
  // In the memory that is wanted, so that PyTorch does not bring it there.
  const own = isDepthwise
    ? placeholder(x.handle, [channels * times, 1, height, width])
    : toChannelsFirst(placeholder(x.handle, [times, height, width, channels]));
  const dw = gradient({
    dy: dy.handle,
    x: x.handle,
    filter: own,
    window,
    groups: isDepthwise ? channels : x.shape[3] / channels,
    by: 1
  });
  if (!isDepthwise) return permute(dw, [2, 3, 1, 0]);
  return permute(reshape(dw, [channels, times, height, width]), [2, 3, 0, 1]);
}

export const convolutions: Kernels = {
  Conv2D: (inputs, attributes, tf) =>
    isOther(attributes) ? undefined : conv2d(inputs, attributes, tf),
  FusedConv2D: (inputs, attributes, tf) =>
    isOther(attributes) ? undefined : fused(conv2d(inputs, attributes, tf), inputs, attributes),
  Conv2DBackpropInput: (inputs, attributes, tf) =>
    isOther(attributes) ? undefined : imageGradient(inputs, attributes, { tf, isDepthwise: false }),
  Conv2DBackpropFilter: (inputs, attributes, tf) =>
    isOther(attributes)
      ? undefined
      : filterGradient(inputs, attributes, { tf, isDepthwise: false }),
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: (inputs, attributes, tf) =>
    fused(depthwise(inputs, attributes, tf), inputs, attributes),
  DepthwiseConv2dNativeBackpropInput: (inputs, attributes, tf) =>
    imageGradient(inputs, attributes, { tf, isDepthwise: true }),
  DepthwiseConv2dNativeBackpropFilter: (inputs, attributes, tf) =>
    filterGradient(inputs, attributes, { tf, isDepthwise: true })
};
