/** A value taken apart for an exchange and put together again: a record of arrays travels as a flat list of leaves. */
import { DecentLabError } from '../../errors.js';
import type { MatrixLike, TensorLike, Value } from './communicator.js';

export type DType = 'float64' | 'float32' | 'int32';
export type LeafData = Float64Array | Float32Array | Int32Array;

/** One array of a value. `data` is the value's own memory where it has some: read it, do not write it. */
export interface Leaf {
  readonly dtype: DType;
  /** `[]` for a number. */
  readonly shape: readonly number[];
  readonly data: LeafData;
}

export interface Description {
  readonly leaves: readonly Leaf[];
  /** Structure, types and shapes in words; equal on all ranks of one exchange, e.g. `{w: float64[3], b: float64[]}`. */
  readonly signature: string;
  /** A value of the same structure over new arrays, one a leaf, which it keeps (it does not copy). */
  rebuild(datas: readonly LeafData[]): Promise<Value>;
}

type Part = { signature: string; rebuild(next: () => LeafData): Value | Promise<Value> };

const dtypeOf = (data: unknown): DType | undefined =>
  data instanceof Float64Array
    ? 'float64'
    : data instanceof Float32Array
      ? 'float32'
      : data instanceof Int32Array
        ? 'int32'
        : undefined;

/**
 * Takes a value apart: leaves in a fixed order (records by key, ascending) and the way back.
 * A tensor's numbers are read with its own `data()`.
 * @throws VALUE_INVALID for anything that cannot be exchanged, with its path inside the value
 */
export async function describe(value: Value): Promise<Description> {
  const leaves: Leaf[] = [];
  const part = await takeApart(value, leaves, 'value');
  return {
    leaves,
    signature: part.signature,
    rebuild: async datas => {
      let position = 0;
      return part.rebuild(() => datas[position++]);
    }
  };
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

async function takeApart(value: unknown, leaves: Leaf[], path: string): Promise<Part> {
  if (typeof value === 'number') {
    leaves.push({ dtype: 'float64', shape: [], data: Float64Array.of(value) });
    return { signature: 'float64[]', rebuild: next => next()[0] };
  }
  const dtype = dtypeOf(value);
  if (dtype) {
    const data = value as LeafData;
    leaves.push({ dtype, shape: [data.length], data });
    return { signature: `${dtype}[${data.length}]`, rebuild: next => next() };
  }
  if (isTensor(value)) return takeTensor(value, leaves, path);
  if (isMatrix(value)) return takeMatrix(value, leaves);
  if (Array.isArray(value)) return takeList(value, leaves, path);
  if (isRecord(value)) return takeRecord(value, leaves, path);
  throw notExchangeable(path, value);
}

async function takeTensor(tensor: TensorLike, leaves: Leaf[], path: string): Promise<Part> {
  const data = await tensor.data();
  const dtype = dtypeOf(data);
  if (!dtype) throw notExchangeable(path, tensor);
  const shape = [...tensor.shape];
  leaves.push({ dtype, shape, data: data as LeafData });
  return {
    signature: `tensor ${dtype}[${shape.join(',')}]`,
    rebuild: next => tensorFrom(next(), shape, dtype)
  };
}

function takeMatrix(matrix: MatrixLike, leaves: Leaf[]): Part {
  const { data, rows, columns } = matrix;
  leaves.push({ dtype: 'float64', shape: [rows, columns], data });
  const make = matrix.constructor as new (
    data: Float64Array,
    rows: number,
    columns: number
  ) => MatrixLike;
  return {
    signature: `matrix float64[${rows},${columns}]`,
    rebuild: next => new make(next() as Float64Array, rows, columns)
  };
}

async function takeList(list: readonly unknown[], leaves: Leaf[], path: string): Promise<Part> {
  const parts: Part[] = [];
  for (let i = 0; i < list.length; i++)
    parts.push(await takeApart(list[i], leaves, `${path}[${i}]`));
  return {
    signature: `[${parts.map(part => part.signature).join(', ')}]`,
    rebuild: async next => {
      const values: Value[] = [];
      for (const part of parts) values.push(await part.rebuild(next));
      return values;
    }
  };
}

async function takeRecord(
  record: Record<string, unknown>,
  leaves: Leaf[],
  path: string
): Promise<Part> {
  const keys = Object.keys(record).sort();
  const parts: Part[] = [];
  for (const key of keys) parts.push(await takeApart(record[key], leaves, `${path}.${key}`));
  return {
    signature: `{${keys.map((key, k) => `${key}: ${parts[k].signature}`).join(', ')}}`,
    rebuild: async next => {
      const rebuilt = new Map<string, Value>();
      for (let k = 0; k < keys.length; k++) rebuilt.set(keys[k], await parts[k].rebuild(next));
      // The keys return in the order of the input, which a reader may print.
      return Object.fromEntries(Object.keys(record).map(key => [key, rebuilt.get(key)!]));
    }
  };
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

function notExchangeable(path: string, value: unknown): DecentLabError {
  const tensorType = isTensor(value) ? `a tensor of type ${value.dtype}` : undefined;
  const received = isObject(value)
    ? (value.constructor?.name ?? 'an object')
    : `${String(value)} (${typeof value})`;
  return new DecentLabError('VALUE_INVALID', {
    what: `The exchanged ${path}`,
    expected:
      'a number, Float64Array, Float32Array, Int32Array, Matrix, tensor, or records and arrays of them',
    received: tensorType ?? received
  });
}
