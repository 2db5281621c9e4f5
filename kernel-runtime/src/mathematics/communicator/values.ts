/** A value taken apart for an exchange and put together again: a record of arrays travels as a flat list of leaves. */
import { DecentLabError } from '../../errors.js';
import type { MatrixLike, TensorLike, Value } from './communicator.js';
import { isModel, trainable, type ModelLike } from './flat.js';
import { into } from './out.js';
import { stopsOnTheWayBack, type Staging } from './staging.js';

export type DType = 'float64' | 'float32' | 'int32';
export type LeafData = Float64Array | Float32Array | Int32Array;

/** Records and lists in each other: a path with more has no reader, and taking them apart no stack. */
const DEEPEST = 200;

/** One array of a value. `data` is the value's own memory where it has some: read it, do not write it. */
export interface Leaf {
  readonly dtype: DType;
  /** `[]` for a number. */
  readonly shape: readonly number[];
  readonly data: LeafData;
  /** Whether it belongs to a tensor, which only its own library writes. Defaults to false. */
  readonly isOfTensor?: boolean;
}

export interface Description {
  readonly leaves: readonly Leaf[];
  /** Structure, types and shapes in words; equal on all ranks of one exchange, e.g. `{w: float64[3], b: float64[]}`. */
  readonly signature: string;
  /** A value of the same structure over new arrays, one a leaf, which it keeps (it does not copy). A promise with tensors. */
  rebuild(datas: readonly LeafData[]): Value | Promise<Value>;
  /** Where the arrays of the result go, if the caller has said so: `rebuild` copies there what lies elsewhere. */
  readonly out?: readonly LeafData[];
}

export interface DescribeOptions {
  /** Whose arrays are written with the result, and returned. Defaults to new memory. */
  readonly out?: Value | undefined;
  /**
   * For gathers, where the ranks' values may differ in their first dimension: the signature leaves it out (`float64[*]`),
   * and one more leaf, the first, holds it for each of the others. Defaults to false.
   */
  readonly isByRows?: boolean | undefined;
  /** Whether `out` may be the value itself. Defaults to false. */
  readonly isOver?: boolean | undefined;
  /** Where the values of devices stop on their way, and their results on the way back. Defaults to new memory. */
  readonly staging?: Staging | undefined;
}

/** What a part gets back: its array, and its shape, which in a gather is another than that of the input. */
interface Arrived {
  readonly data: LeafData;
  readonly shape: readonly number[];
}

/** One part of a value, taken apart. */
interface Part {
  readonly signature: string;
  rebuild(next: () => Arrived): Value | Promise<Value>;
}

/** What taking a value apart collects: its leaves in order, and the tensors whose numbers are still being read. */
interface Collected {
  readonly isByRows: boolean;
  readonly staging: Staging | undefined;
  readonly leaves: Leaf[];
  readonly reading: Promise<void>[];
  /** The records and lists that are being taken apart, from the outermost one. */
  readonly around: unknown[];
}

const dtypeOf = (data: unknown): DType | undefined =>
  data instanceof Float64Array
    ? 'float64'
    : data instanceof Float32Array
      ? 'float32'
      : data instanceof Int32Array
        ? 'int32'
        : undefined;

/**
 * Takes a value apart: leaves in a fixed order (records by key, ascending) and the way back. At once, or by a promise
 * where there are tensors, whose numbers are read with their own `data()`.
 * @throws VALUE_INVALID for anything that cannot be exchanged, with its path inside the value, and for a wrong `out`
 */
export function describe(
  value: Value,
  { isByRows = false, out, isOver = false, staging }: DescribeOptions = {}
): Description | Promise<Description> {
  const collected: Collected = { isByRows, staging, leaves: [], reading: [], around: [] };
  const { leaves, reading } = collected;
  const { signature, rebuild } = takeApart(value, collected, 'value');
  const build = (
    datas: readonly LeafData[],
    shapes: readonly (readonly number[])[]
  ): Value | Promise<Value> => {
    let position = 0;
    return rebuild(() => ({ data: datas[position], shape: shapes[position++] }));
  };
  const shapes = (): (readonly number[])[] => leaves.map(leaf => leaf.shape);
  const description: Description = isByRows
    ? {
        get leaves() {
          return [rowsLeaf(leaves), ...leaves];
        },
        signature,
        rebuild: ([rows, ...datas]) => build(datas, gatheredShapes(shapes(), rows, datas))
      }
    : { leaves, signature, rebuild: datas => build(datas, shapes()) };
  const whole = (): Description => {
    if (isByRows && out !== undefined) throw noGatherInto();
    if (out !== undefined) return into(description, describe(out), isOver);
    const datas = leaves.map(leaf => leaf.data);
    const stops = isByRows ? undefined : stopsOnTheWayBack(staging, datas);
    return stops ? { ...description, out: stops } : description;
  };
  return reading.length === 0 ? whole() : Promise.all(reading).then(whole);
}

/** A tensor of this process's one TensorFlow.js. Loaded already where a tensor exists, so this waits for nothing. */
export async function tensorFrom(
  data: LeafData,
  shape: readonly number[],
  dtype: DType
): Promise<TensorLike> {
  const tf = await import('@tensorflow/tfjs');
  return tf.tensor(data, [...shape], dtype === 'int32' ? 'int32' : 'float32');
}

function takeApart(value: unknown, collected: Collected, path: string): Part {
  if (typeof value === 'number') {
    const data = Float64Array.of(value);
    const signature = keep({ dtype: 'float64', shape: [], data }, collected, path);
    return { signature, rebuild: next => next().data[0] };
  }
  const dtype = dtypeOf(value);
  if (dtype) {
    const data = value as LeafData;
    const signature = keep({ dtype, shape: [data.length], data }, collected, path);
    return { signature, rebuild: next => next().data };
  }
  if (isTensor(value)) return takeTensor(value, collected, path);
  if (isMatrix(value)) return takeMatrix(value, collected, path);
  if (isModel(value)) return takeModel(value, collected, path);
  const isList = Array.isArray(value);
  if (!isList && !isRecord(value)) throw notExchangeable(path, value);
  const { around } = collected;
  if (around.includes(value)) throw endless(path);
  if (around.length === DEEPEST) throw tooDeep();
  around.push(value);
  const part = isList ? takeList(value, collected, path) : takeRecord(value, collected, path);
  around.pop();
  return part;
}

/** Adds a leaf, and puts its type and shape into words. @throws VALUE_INVALID in a gather for what has no rows */
function keep(leaf: Leaf, { isByRows, leaves }: Collected, path: string): string {
  const { dtype, shape, data } = leaf;
  if (data.length === 0) assertAttached(data, path);
  leaves.push(leaf);
  if (!isByRows) return `${dtype}[${shape.join(',')}]`;
  if (shape.length === 0) throw notGatherable(path);
  return `${dtype}[${['*', ...shape.slice(1)].join(',')}]`;
}

/**
 * A tensor that knows its way into an exchange and back: PyTorch's have float64 and complex entries too, and give their own
 * memory at once where it can be seen. All others stop in `staging`, if there is one.
 */
interface OwnTensor extends TensorLike {
  toLeaf(): Pick<Leaf, 'dtype' | 'shape'> & {
    data(staging?: Staging): LeafData | Promise<LeafData>;
  };
  fromLeaf(data: LeafData, shape: readonly number[], staging?: Staging): Value;
}

function hasOwnWay(tensor: TensorLike): tensor is OwnTensor {
  return 'toLeaf' in tensor && 'fromLeaf' in tensor;
}

function takeTensor(tensor: TensorLike, collected: Collected, path: string): Part {
  const own = hasOwnWay(tensor) ? tensor : undefined;
  const taken = own?.toLeaf() ?? tensor;
  const dtype = taken.dtype as DType;
  const types = own ? ['float64', 'float32', 'int32'] : ['float32', 'int32'];
  if (!types.includes(dtype)) throw notExchangeable(path, tensor);
  const { leaves, reading, staging } = collected;
  const leaf = { dtype, shape: [...taken.shape], isOfTensor: true };
  const place = leaves.length;
  const words = keep({ ...leaf, data: new Float32Array(0) }, collected, path);
  const data = (own ? taken.data(staging) : taken.data()) as LeafData | Promise<LeafData>;
  const put = (data: LeafData): void => void (leaves[place] = { ...leaf, data });
  if (data instanceof Promise) reading.push(data.then(put));
  else put(data);
  return {
    signature: `tensor ${words}`,
    rebuild: next => {
      const { data, shape } = next();
      return own ? own.fromLeaf(data, shape, staging) : tensorFrom(data, shape, dtype);
    }
  };
}

/** A model is one vector of its trainable variables. What arrives is written into them, and the model returned. */
function takeModel(model: ModelLike, collected: Collected, path: string): Part {
  if (collected.isByRows) throw notGatherable(path, 'a model');
  const flat = trainable(model, `The exchanged ${path}`);
  const { leaves, reading } = collected;
  const shape = [flat.length];
  const place = leaves.length;
  keep({ dtype: 'float32', shape, data: new Float32Array(0) }, collected, path);
  const read = async (): Promise<void> => {
    leaves[place] = { dtype: 'float32', shape, data: await flat.read() };
  };
  reading.push(read());
  return {
    signature: flat.signature,
    rebuild: async next => {
      await flat.write(next().data as Float32Array);
      return model;
    }
  };
}

function takeMatrix(matrix: MatrixLike, collected: Collected, path: string): Part {
  const { data, rows, columns } = matrix;
  const words = keep({ dtype: 'float64', shape: [rows, columns], data }, collected, path);
  const make = matrix.constructor as new (
    data: Float64Array,
    rows: number,
    columns: number
  ) => MatrixLike;
  return {
    signature: `matrix ${words}`,
    rebuild: next => {
      const {
        data,
        shape: [rows, columns]
      } = next();
      return new make(data as Float64Array, rows, columns);
    }
  };
}

/** The first dimensions of all leaves. */
function rowsLeaf(leaves: readonly Leaf[]): Leaf {
  const data = Int32Array.from(leaves, ({ shape }) => shape[0]);
  return { dtype: 'int32', shape: [data.length], data };
}

/**
 * The shapes of gathered leaves.
 * @param rows the first dimensions of the leaves of one rank, behind them those of the next
 * @throws SHAPE_MISMATCH for arrays that have not as many entries as their ranks said
 */
function gatheredShapes(
  shapes: readonly (readonly number[])[],
  rows: LeafData,
  datas: readonly LeafData[]
): number[][] {
  return shapes.map(([, ...rest], l) => {
    let total = 0;
    for (let k = l; k < rows.length; k += shapes.length) total += rows[k];
    const shape = [total, ...rest];
    const entries = shape.reduce((product, extent) => product * extent, 1);
    if (datas[l].length === entries) return shape;
    throw new DecentLabError('SHAPE_MISMATCH', {
      what: 'The gathered arrays',
      expected: `${entries} entries, as their ranks said`,
      received: datas[l].length
    });
  });
}

function takeList(list: readonly unknown[], collected: Collected, path: string): Part {
  const parts = Array.from(list, (item, i) => takeApart(item, collected, `${path}[${i}]`));
  return {
    signature: `[${parts.map(part => part.signature).join(', ')}]`,
    rebuild: next => together(parts.map(part => part.rebuild(next)))
  };
}

function takeRecord(record: Record<string, unknown>, collected: Collected, path: string): Part {
  const keys = Object.keys(record).sort();
  const parts = keys.map(key => takeApart(record[key], collected, `${path}.${key}`));
  const order = Object.keys(record).map(key => [key, keys.indexOf(key)] as const);
  // The keys return in the order of the input, which a reader may print.
  const restore = (values: readonly Value[]): Value =>
    Object.fromEntries(order.map(([key, k]) => [key, values[k]]));
  return {
    signature: `{${keys.map((key, k) => `${key}: ${parts[k].signature}`).join(', ')}}`,
    rebuild: next => {
      const values = together(parts.map(part => part.rebuild(next)));
      return values instanceof Promise ? values.then(restore) : restore(values);
    }
  };
}

/** The members of a list or record: as they are, or by a promise if one of them is a promise. */
function together(values: (Value | Promise<Value>)[]): Value[] | Promise<Value[]> {
  return values.some(value => value instanceof Promise)
    ? Promise.all(values.map(value => Promise.resolve(value)))
    : (values as Value[]);
}

function isTensor(value: unknown): value is TensorLike {
  return isObject(value) && typeof value['data'] === 'function' && Array.isArray(value['shape']);
}

/** An instance of a matrix class; a plain record with these keys stays a record. */
function isMatrix(value: unknown): value is MatrixLike {
  return (
    isObject(value) && value['data'] instanceof Float64Array && 'rows' in value && !isRecord(value)
  );
}

/** Objects made by `{…}`, whichever realm they come from. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function notGatherable(path: string, received = 'a single number'): DecentLabError {
  return new DecentLabError('VALUE_INVALID', {
    what: `The gathered ${path}`,
    expected:
      'a vector, Matrix or tensor with a first dimension (for one number: Float64Array.of(x))',
    received
  });
}

function noGatherInto(): DecentLabError {
  return new DecentLabError('VALUE_INVALID', {
    what: 'out',
    expected: 'none in a gather, whose result has the rows of several ranks',
    received: 'one'
  });
}

/** An array without entries may be one whose memory was given away, which no exchange should take for an empty one. */
function assertAttached(data: LeafData, path: string): void {
  try {
    data.set([]);
  } catch {
    throw new DecentLabError('VALUE_INVALID', {
      what: `The exchanged ${path}`,
      expected: 'an array with its memory',
      received: `a ${data.constructor.name} whose memory was given away`
    });
  }
}

function tooDeep(): DecentLabError {
  return new DecentLabError('VALUE_INVALID', {
    what: 'The exchanged value',
    expected: `records and lists at most ${DEEPEST} deep in each other`,
    received: 'deeper ones'
  });
}

function endless(path: string): DecentLabError {
  return new DecentLabError('VALUE_INVALID', {
    what: `The exchanged ${path}`,
    expected: 'a record or list that does not lie in itself',
    received: 'one that it lies in'
  });
}

function notExchangeable(path: string, value: unknown): DecentLabError {
  const tensorType = isTensor(value) ? `a tensor of type ${value.dtype}` : undefined;
  const received = isObject(value)
    ? (value.constructor?.name ?? 'an object')
    : `${String(value)} (${typeof value})`;
  return new DecentLabError('VALUE_INVALID', {
    what: `The exchanged ${path}`,
    expected:
      'a number, Float64Array, Float32Array, Int32Array, Matrix, tensor, model, or records and arrays of them',
    received: tensorType ?? received
  });
}
