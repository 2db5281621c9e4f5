/** Kernels that place entries: views where they can be, else copies. */
import { op, several } from '../backend/operators.js';
import type { Kernels } from '../backend/register.js';
import { torchType } from '../backend/storage.js';
import { listed } from './elementwise.js';

const reshape = op('reshape');
const permute = op('permute');
const narrow = op('narrow');
const cat = op('cat');
const stack = op('stack');
const unbind = several('unbind', 'int');
const split = several('split_with_sizes');
const constantPad = op('constant_pad_nd');
const tile = op('tile');
const flip = op('flip');
const expand = op('expand');
const indexSelect = op('index_select');
const zeros = op('new_zeros');
const indexAdd = op('index_add');
const oneHot = op('one_hot');
const where = op('where', 'self');
const full = op('full');
const bool = op('to', 'dtype');
const unsqueeze = op('unsqueeze');
const lt = op('lt', 'Scalar');
const whereNumber = op('where', 'ScalarSelf');
const ge = op('ge', 'Scalar');
const and = op('logical_and');
const or = op('logical_or');
const clamp = op('clamp');
/** Another tensor of the same entries: what a kernel gives must be its own. */
const alias = op('alias');
/** PyTorch's number of int64, which it wants for places. */
const LONG = 4;

const sizeOf = (shape: readonly number[]): number => shape.reduce((n, extent) => n * extent, 1);
const fromStart = (axis: unknown, rank: number): number =>
  (axis as number) < 0 ? (axis as number) + rank : (axis as number);

export const shapes: Kernels = {
  Reshape: ({ x }, { shape }) => {
    const wanted = [...(shape as number[])];
    const known = sizeOf(wanted.filter(extent => extent !== -1));
    const free = wanted.indexOf(-1);
    if (free >= 0) wanted[free] = known === 0 ? 0 : sizeOf(x.shape) / known;
    return reshape(x.handle, wanted);
  },
  ExpandDims: ({ input }, { dim }) => unsqueeze(input.handle, dim),
  Transpose: ({ x }, { perm }) => permute(x.handle, perm),
  Slice: ({ x }, { begin = 0, size }, { slice_util }) => {
    const [begins, sizes] = slice_util.parseSliceParams(x as never, begin, size);
    slice_util.assertParamsValid(x as never, begins, sizes);
    return sizes.reduce(
      (result, length, k) =>
        length === x.shape[k] ? result : narrow(result, k, begins[k], length),
      alias(x.handle)
    );
  },
  Concat: (inputs, { axis }) => {
    const some = Object.values(inputs);
    const rank = some[0].shape.length;
    return cat(
      some.map(({ handle }) => handle),
      fromStart(axis, rank)
    );
  },
  Pack: (inputs, { axis }, { util }) => {
    const [first, ...others] = Object.values(inputs);
    for (const { dtype } of others) {
      util.assert(
        dtype === first.dtype,
        () => 'All tensors passed to stack must have matching dtypes'
      );
    }
    return stack(listed(inputs), axis ?? 0);
  },
  Unpack: (inputs, { axis }) => unbind(inputs['value'].handle, axis ?? 0),
  SplitV: ({ x }, { numOrSizeSplits, axis }) => {
    const dim = fromStart(axis ?? 0, x.shape.length);
    return split(x.handle, splitSizes(numOrSizeSplits as number | number[], x.shape[dim]), dim);
  },
  PadV2: ({ x }, { paddings, constantValue }) => {
    const pairs = [...(paddings as [number, number][])].reverse().flat();
    return constantPad(x.handle, pairs, constantValue ?? 0);
  },
  Tile: ({ x }, { reps }) => tile(x.handle, reps),
  Reverse: ({ x }, { dims }, { util }) => {
    const axes = util.parseAxisParam(dims ?? x.shape.map((_, k) => k), [...x.shape]);
    return axes.length === 0 ? alias(x.handle) : flip(x.handle, axes);
  },
  BroadcastTo: ({ x }, { shape }) => expand(x.handle, shape),
  GatherV2: (inputs, { axis, batchDims }) => {
    const { x, indices } = inputs;
    if ((batchDims ?? 0) !== 0 || indices.dtype !== 'int32') return undefined;
    const dim = fromStart(axis ?? 0, x.shape.length);
    if (x.shape[dim] === 0) return undefined;
    const picked = indexSelect(x.handle, dim, reshape(indices.handle, [-1]));
    const shape = [...x.shape.slice(0, dim), ...indices.shape, ...x.shape.slice(dim + 1)];
    return reshape(picked, shape);
  },
  UnsortedSegmentSum: (inputs, { numSegments }) => {
    const { x, segmentIds } = inputs;
    if (segmentIds.shape.length !== 1) return undefined;
    // What belongs to no segment is gathered in a row of its own, behind the others.
    const count = numSegments as number;
    const isNone = or(lt(segmentIds.handle, 0), ge(segmentIds.handle, count));
    const rows = whereNumber(isNone, count, segmentIds.handle);
    const sums = zeros(x.handle, [count + 1, ...x.shape.slice(1)]);
    return narrow(indexAdd(sums, 0, rows, x.handle), 0, 0, count);
  },
  OneHot: ({ indices }, { depth, onValue, offValue, dtype }, _, device) => {
    if (sizeOf(indices.shape) === 0) return undefined;
    const count = depth as number;
    const inside = and(ge(indices.handle, 0), lt(indices.handle, count));
    const places = bool(clamp(indices.handle, 0, count - 1), LONG);
    const hot = and(bool(oneHot(places, count), torchType('bool')), unsqueeze(inside, -1));
    const type = torchType(dtype ?? 'int32');
    const number = (value: number): number => full([], value, type, null, device);
    return where(hot, number(onValue ?? 1), number(offValue ?? 0));
  }
};

/** The sizes of parts: as many of the same size, or as given, where one may be left open by -1. */
function splitSizes(given: number | readonly number[], extent: number): number[] {
  if (typeof given === 'number') return new Array<number>(given).fill(extent / given);
  const known = given.reduce((sum, size) => (size === -1 ? sum : sum + size), 0);
  return given.map(size => (size === -1 ? extent - known : size));
}
