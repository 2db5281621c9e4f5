/** Pooling of images, on channels-last memory as convolutions are. */
import type { Handle } from '../addon.js';
import { op, several } from '../backend/operators.js';
import type { Attributes } from '../backend/attributes.js';
import type { Kernels } from '../backend/register.js';
import type { Tensorflow } from '../../tensorflow.js';
import {
  isSymmetric,
  padded,
  toChannelsFirst,
  toChannelsLast,
  windowOf,
  type Window
} from './convolutions.js';

const maxPool = op('max_pool2d');
const maxPoolWithPlaces = several('max_pool2d_with_indices');
const maxPoolBackward = op('max_pool2d_with_indices_backward');
const avgPool = op('avg_pool2d');
const avgPoolBackward = op('avg_pool2d_backward');
const narrow = op('narrow');

interface Pool extends Window {
  readonly size: readonly [number, number];
  /** Whether PyTorch's operator gives as many rows and columns: it rounds down, and pads at most half a window. */
  readonly isPlain: boolean;
}

function poolOf(tf: Tensorflow, shape: readonly number[], attributes: Attributes): Pool {
  const { filterSize = 1, strides = 1, pad = 'valid', dimRoundingMode } = attributes;
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode
  );
  const { top, bottom, left, right } = info.padInfo;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const rows = Math.floor((info.inHeight + top + bottom - filterHeight) / strideHeight) + 1;
  const columns = Math.floor((info.inWidth + left + right - filterWidth) / strideWidth) + 1;
  const isHalf = 2 * top <= filterHeight && 2 * left <= filterWidth;
  return {
    ...windowOf(info),
    size: [filterHeight, filterWidth],
    isPlain: isHalf && rows === info.outHeight && columns === info.outWidth
  };
}

function withEdges(x: Handle, pool: Pool): { x: Handle; padding: number[] } {
  return padded(toChannelsFirst(x), pool, -Infinity);
}

export const pooling: Kernels = {
  MaxPool: ({ x }, attributes, tf) => {
    const pool = poolOf(tf, x.shape, attributes);
    if (!pool.isPlain || x.dtype !== 'float32') return undefined;
    const { x: image, padding } = withEdges(x.handle, pool);
    return toChannelsLast(maxPool(image, pool.size, pool.strides, padding));
  },
  MaxPoolGrad: ({ dy, input }, attributes, tf) => {
    const pool = poolOf(tf, input.shape, attributes);
    if (!pool.isPlain) return undefined;
    const { x: image, padding } = withEdges(input.handle, pool);
    const settings = [pool.size, pool.strides, padding, [1, 1], false];
    const [, places] = maxPoolWithPlaces(image, ...settings);
    const dx = maxPoolBackward(toChannelsFirst(dy.handle), image, ...settings, places);
    if (isSymmetric(pool)) return toChannelsLast(dx);
    const [top, , left] = pool.padding;
    const rows = narrow(dx, 2, top, input.shape[1]);
    return toChannelsLast(narrow(rows, 3, left, input.shape[2]));
  },
  AvgPool: ({ x }, attributes, tf) => {
    const pool = poolOf(tf, x.shape, attributes);
    // What is added at the edges is not counted, which PyTorch can do only where both sides are alike.
    if (!isSymmetric(pool) || !pool.isPlain || x.dtype !== 'float32') return undefined;
    const [top, , left] = pool.padding;
    const image = toChannelsFirst(x.handle);
    return toChannelsLast(avgPool(image, pool.size, pool.strides, [top, left], false, false));
  },
  AvgPoolGrad: ({ dy, input }, attributes, tf) => {
    const pool = poolOf(tf, input.shape, attributes);
    if (!isSymmetric(pool) || !pool.isPlain) return undefined;
    const [top, , left] = pool.padding;
    const [image, gradient] = [toChannelsFirst(input.handle), toChannelsFirst(dy.handle)];
    const settings = [pool.size, pool.strides, [top, left], false, false, null];
    return toChannelsLast(avgPoolBackward(gradient, image, ...settings));
  }
};
