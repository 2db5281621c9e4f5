/** Kernels that take dimensions together: sums, extremes, softmax, scans, orders. */
import type { Handle } from '../addon.js';
import { op, several } from '../backend/operators.js';
import type { Attributes } from '../backend/attributes.js';
import type { Inputs, Kernel, Kernels } from '../backend/register.js';
import { torchType, type Input } from '../backend/storage.js';
import { cast } from './elementwise.js';

const sum = op('sum', 'dim_IntList');
const mean = op('mean', 'dim');
const prod = op('prod', 'dim_int');
const amax = op('amax');
const amin = op('amin');
const all = op('all', 'dims');
const any = op('any', 'dims');
const argmax = op('argmax');
const argmin = op('argmin');
const softmax = op('softmax', 'int');
const logSoftmax = op('log_softmax', 'int');
const cumsum = op('cumsum');
const cumprod = op('cumprod');
const flip = op('flip');
const narrow = op('narrow');
const pad = op('constant_pad_nd');
const sort = several('sort', 'stable');
const withoutNaN = op('nan_to_num');
const alias = op('alias');

/** The dimensions that an attribute means, from 0; none given means all. */
function axesOf({ axis, reductionIndices }: Attributes, { shape }: Input): number[] {
  const given = (axis ?? reductionIndices) as number | readonly number[] | null | undefined;
  if (given === null || given === undefined) return shape.map((_, k) => k);
  const list = typeof given === 'number' ? [given] : [...given];
  return list.map(one => (one < 0 ? one + shape.length : one));
}

const over =
  (reduce: (x: Handle, axes: number[], keepDims: boolean, input: Input) => Handle): Kernel =>
  ({ x }, attributes) => {
    const axes = axesOf(attributes, x);
    const keepDims = Boolean(attributes['keepDims']);
    return axes.length === 0 ? alias(x.handle) : reduce(x.handle, axes, keepDims, x);
  };

const sumType = ({ dtype }: Input): number => torchType(dtype === 'bool' ? 'int32' : dtype);

/** The products over several dimensions, the last first, so that the others keep their places. */
function products(x: Handle, axes: readonly number[], keepDims: boolean, input: Input): Handle {
  const order = [...axes].sort((a, b) => b - a);
  return order.reduce((result, axis) => prod(result, axis, keepDims, sumType(input)), x);
}

/** Sums or products up to each entry; `exclusive` leaves the entry itself out, `reverse` begins at the end. */
const scan =
  (run: (x: Handle, axis: number, type: number) => Handle, neutral: number): Kernel =>
  ({ x }, { axis, exclusive, reverse }) => {
    const dim = (axis as number) < 0 ? (axis as number) + x.shape.length : (axis as number);
    const turned = reverse ? flip(x.handle, [dim]) : x.handle;
    let scanned = run(turned, dim, torchType(x.dtype));
    if (exclusive) {
      const behind = x.shape.length - 1 - dim;
      const padding = [...new Array<number>(2 * behind).fill(0), 1, 0];
      scanned = pad(narrow(scanned, dim, 0, x.shape[dim] - 1), padding, neutral);
    }
    return reverse ? flip(scanned, [dim]) : scanned;
  };

const softmaxOf =
  (run: (x: Handle, axis: number) => Handle) =>
  (logits: Input, axis: number): Handle =>
    run(logits.dtype === 'float32' ? logits.handle : cast(logits.handle, 'float32'), axis);

/** The place of an extreme; what is no number counts as the worst. */
const place =
  (find: (x: Handle, axis: number, keepDims: boolean) => Handle, worst: number): Kernel =>
  ({ x }, attributes) => {
    const [axis] = axesOf(attributes, x);
    const entries =
      x.dtype === 'bool'
        ? cast(x.handle, 'int32')
        : x.dtype === 'float32'
          ? withoutNaN(x.handle, worst, Infinity, -Infinity)
          : x.handle;
    return cast(find(entries, axis, false), 'int32');
  };

const softmaxLast = softmaxOf(softmax);
const logSoftmaxLast = softmaxOf(logSoftmax);
const lastAxis = (given: unknown): number => (given as number | undefined) ?? -1;

export const reductions: Kernels = {
  Sum: over((x, axes, keepDims, input) => sum(x, axes, keepDims, sumType(input))),
  Mean: over((x, axes, keepDims) => mean(x, axes, keepDims, torchType('float32'))),
  Prod: over(products),
  Max: over((x, axes, keepDims) => amax(x, axes, keepDims)),
  Min: over((x, axes, keepDims) => amin(x, axes, keepDims)),
  All: over((x, axes, keepDims) => all(x, axes, keepDims)),
  Any: over((x, axes, keepDims) => any(x, axes, keepDims)),
  ArgMax: place(argmax, -Infinity),
  ArgMin: place(argmin, Infinity),
  Softmax: (inputs: Inputs, { dim }) => softmaxLast(inputs['logits'], lastAxis(dim)),
  LogSoftmax: (inputs: Inputs, { axis }) => logSoftmaxLast(inputs['logits'], lastAxis(axis)),
  Cumsum: scan((x, axis, type) => cumsum(x, axis, type), 0),
  Cumprod: scan((x, axis, type) => cumprod(x, axis, type), 1),
  // Among equals the first counts, which PyTorch's own operator does not promise.
  TopK: ({ x }, { k }) => {
    const [values, places] = sort(x.handle, true, -1, true);
    return [narrow(values, -1, 0, k), cast(narrow(places, -1, 0, k), 'int32')];
  }
};
