/** Values of variables as bytes and back: numbers, text, typed arrays, matrices, tensors, errors, and records of them. */
import { Packr, addExtension } from 'msgpackr';

import { DecentLabError } from '../../errors.js';

/** The parts of a matrix. */
interface MatrixParts {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Creates the matrices of the process that unpacks. */
export type MatrixClass = new (data: Float64Array, rows: number, columns: number) => MatrixParts;

type TensorType = 'float32' | 'int32' | 'bool';

/** The part of a tensor of TensorFlow.js that is needed here. */
interface TensorParts {
  readonly shape: number[];
  readonly dtype: string;
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
}

class MatrixSnapshot {
  constructor(readonly parts: MatrixParts) {}
}

class TensorSnapshot {
  constructor(readonly parts: { data: unknown; shape: number[]; dtype: string }) {}
}

/** As a whole number it would lose its sign. */
class MinusZero {}

const MINUS_ZERO_EXTENSION = 0x30;
const MATRIX_EXTENSION = 0x4d;
const TENSOR_EXTENSION = 0x54;

addExtension({
  Class: MinusZero,
  type: MINUS_ZERO_EXTENSION,
  write: () => 0,
  read: () => new MinusZero()
});
addExtension({
  Class: MatrixSnapshot,
  type: MATRIX_EXTENSION,
  write: ({ parts }: MatrixSnapshot) => [parts.data, parts.rows, parts.columns],
  read: ([data, rows, columns]: [Float64Array, number, number]) =>
    new MatrixSnapshot({ data, rows, columns })
});
addExtension({
  Class: TensorSnapshot,
  type: TENSOR_EXTENSION,
  write: ({ parts }: TensorSnapshot) => [parts.data, parts.shape, parts.dtype],
  read: ([data, shape, dtype]: [unknown, number[], string]) =>
    new TensorSnapshot({ data, shape, dtype })
});

// Records are told from maps; each value carries its own structures, so that any process can read it alone.
const packr = new Packr({ useRecords: true, structuredClone: true, mapsAsObjects: false });

/**
 * A value as bytes. Tensors are read with their own `data()`.
 * @param name says in errors which value it is, e.g. `x`
 * @throws VALUE_INVALID for functions and promises inside of it, with their path
 */
export async function packValue(value: unknown, name: string): Promise<Uint8Array> {
  return packr.pack(await snapshot(value, name, new Map()));
}

/** The value in `bytes`, with matrices of the given class and tensors of this process's TensorFlow.js. */
export async function unpackValue(bytes: Uint8Array, matrix: MatrixClass): Promise<unknown> {
  return restore(packr.unpack(bytes), matrix, new Map());
}

/** Matrices and tensors become snapshots; a copy is made only of lists and records. */
async function snapshot(
  value: unknown,
  path: string,
  seen: Map<object, unknown>
): Promise<unknown> {
  if (typeof value === 'function' || typeof value === 'symbol') throw notPackable(path, value);
  if (Object.is(value, -0)) return new MinusZero();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Promise) throw notPackable(path, value);
  if (isTensor(value)) {
    const { shape, dtype } = value;
    return new TensorSnapshot({ data: await value.data(), shape: [...shape], dtype });
  }
  if (isMatrix(value)) return new MatrixSnapshot(value);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const [k, item] of value.entries()) copy.push(await snapshot(item, `${path}[${k}]`, seen));
    return copy;
  }
  if (!isPlain(value)) return value;
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  for (const [key, item] of Object.entries(value))
    copy[key] = await snapshot(item, `${path}.${key}`, seen);
  return copy;
}

/** Snapshots become matrices and tensors again, in place. */
async function restore(
  value: unknown,
  matrix: MatrixClass,
  seen: Map<object, unknown>
): Promise<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (seen.has(value)) return seen.get(value);
  const made = await make(value, matrix);
  seen.set(value, made);
  if (made !== value || !(Array.isArray(value) || isPlain(value))) return made;
  const members = value as Record<string, unknown>;
  for (const [key, item] of Object.entries(members))
    if (typeof item === 'object') members[key] = await restore(item, matrix, seen);
  return value;
}

async function make(value: object, matrix: MatrixClass): Promise<unknown> {
  if (value instanceof MinusZero) return -0;
  if (value instanceof MatrixSnapshot) {
    const { data, rows, columns } = value.parts;
    return new matrix(data, rows, columns);
  }
  if (!(value instanceof TensorSnapshot)) return value;
  const { data, shape, dtype } = value.parts;
  // Only a process that is given a tensor pays for TensorFlow.js.
  const tf = await import('@tensorflow/tfjs');
  return tf.tensor(data as Float32Array, shape, dtype as TensorType);
}

function isTensor(value: object): value is TensorParts {
  const { shape, dtype, data } = value as Partial<TensorParts>;
  return Array.isArray(shape) && typeof dtype === 'string' && typeof data === 'function';
}

function isMatrix(value: object): value is MatrixParts {
  if (isPlain(value)) return false;
  const { data, rows, columns } = value as Partial<MatrixParts>;
  return data instanceof Float64Array && typeof rows === 'number' && typeof columns === 'number';
}

/** Objects made by `{…}`, whichever realm they come from. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notPackable(path: string, value: unknown): DecentLabError {
  const received =
    value instanceof Promise ? 'a promise: did you forget await?' : `a ${typeof value}`;
  return new DecentLabError('VALUE_INVALID', {
    what: `The value ${path}`,
    expected: 'data that can travel to another process',
    received
  });
}
