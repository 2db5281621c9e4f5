/** Values of variables as bytes and back: numbers, text, typed arrays, matrices, tensors, errors, and records of them. */
import { Packr, addExtension } from 'msgpackr';

import { DecentLabError } from '../../errors.js';
import type { Soon } from '../../soon.js';
import { attach, detach, Detached } from './detached.js';
import type { Parts } from './payload.js';

/** The parts of a matrix. */
interface MatrixParts {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Large arrays are apart from the structure. */
type Taken<T> = T | Detached;

/** Creates the matrices of the process that unpacks. */
export type MatrixClass = new (data: Float64Array, rows: number, columns: number) => MatrixParts;

type TensorType = 'float32' | 'int32' | 'bool';
type TensorFlow = typeof import('@tensorflow/tfjs');

/** The part of a tensor of TensorFlow.js that is needed here. */
interface TensorParts {
  readonly shape: number[];
  readonly dtype: string;
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
}

class MatrixSnapshot {
  constructor(readonly parts: Omit<MatrixParts, 'data'> & { data: Taken<Float64Array> }) {}
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
  read: ([data, rows, columns]: [Taken<Float64Array>, number, number]) =>
    new MatrixSnapshot({ data, rows, columns })
});
/** Tensors that have been read by this process. */
let tensorsRead = 0;
addExtension({
  Class: TensorSnapshot,
  type: TENSOR_EXTENSION,
  write: ({ parts }: TensorSnapshot) => [parts.data, parts.shape, parts.dtype],
  read: ([data, shape, dtype]: [unknown, number[], string]) => {
    tensorsRead++;
    return new TensorSnapshot({ data, shape, dtype });
  }
});

// Records are told from maps; each value carries its own structures, so that any process can read it alone.
const packr = new Packr({ useRecords: true, structuredClone: true, mapsAsObjects: false });

/** What one packing shares. */
interface Packing {
  /** Objects that were met already. */
  readonly seen: Map<object, unknown>;
  /** The large arrays. */
  readonly arrays: Uint8Array[];
  /** Their data can only be waited for. */
  readonly tensors: { readonly tensor: TensorParts; readonly snapshot: TensorSnapshot }[];
}

/** What one unpacking shares. */
interface Unpacking {
  readonly seen: Map<object, unknown>;
  readonly arrays: readonly Uint8Array[];
  readonly Matrix: MatrixClass;
  /** There, if a tensor is among the values. */
  readonly tf?: TensorFlow;
}

/**
 * A value as bytes: its structure, then the large arrays, which are not copied. Tensors are read with their own `data()`:
 * only they have to be waited for.
 * @param name says in errors which value it is, e.g. `x`
 * @throws VALUE_INVALID for functions and promises inside of it, with their path
 */
export function packValue(value: unknown, name: string): Soon<Parts> {
  const packing: Packing = { seen: new Map(), arrays: [], tensors: [] };
  const structure = snapshot(value, name, packing);
  const toParts = (): Parts => [packr.pack(structure), ...packing.arrays];
  return packing.tensors.length === 0 ? toParts() : readTensors(packing).then(toParts);
}

/**
 * The value in `parts`, with matrices of the given class and tensors of this process's TensorFlow.js. Arrays lie in the
 * parts themselves where they have memory of their own.
 */
export function unpackValue(parts: Parts, Matrix: MatrixClass): Soon<unknown> {
  const [packed, ...arrays] = parts;
  const before = tensorsRead;
  const structure: unknown = packr.unpack(packed);
  const unpacking: Unpacking = { seen: new Map(), arrays, Matrix };
  if (tensorsRead === before) return restore(structure, unpacking);
  // Only a process that is given a tensor pays for TensorFlow.js.
  return import('@tensorflow/tfjs').then(tf => restore(structure, { ...unpacking, tf }));
}

/** Matrices, tensors and large arrays become snapshots; a copy is made only of lists and records. */
function snapshot(value: unknown, path: string, packing: Packing): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw notPackable(path, value);
  if (Object.is(value, -0)) return new MinusZero();
  if (typeof value !== 'object' || value === null) return value;
  const { seen, arrays } = packing;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Promise) throw notPackable(path, value);
  if (ArrayBuffer.isView(value)) return remember(packing, value, detach(value, arrays));
  if (isTensor(value)) return remember(packing, value, snapshotTensor(value, packing));
  if (isMatrix(value)) {
    const { data, rows, columns } = value;
    return remember(
      packing,
      value,
      new MatrixSnapshot({ data: detach(data, arrays), rows, columns })
    );
  }
  if (Array.isArray(value)) return snapshotList(value, path, packing);
  return isPlain(value) ? snapshotRecord(value, path, packing) : value;
}

function snapshotList(list: readonly unknown[], path: string, packing: Packing): unknown[] {
  const copy: unknown[] = [];
  packing.seen.set(list, copy);
  for (const [k, item] of list.entries())
    copy.push(isNumberOrText(item) ? item : snapshot(item, `${path}[${k}]`, packing));
  return copy;
}

function snapshotRecord(record: object, path: string, packing: Packing): object {
  const copy: Record<string, unknown> = {};
  packing.seen.set(record, copy);
  for (const [key, item] of Object.entries(record))
    copy[key] = isNumberOrText(item) ? item : snapshot(item, `${path}.${key}`, packing);
  return copy;
}

function remember(packing: Packing, value: object, taken: unknown): unknown {
  packing.seen.set(value, taken);
  return taken;
}

/** Without its data, which `readTensors` adds. */
function snapshotTensor(tensor: TensorParts, { tensors }: Packing): TensorSnapshot {
  const { shape, dtype } = tensor;
  const snapshot = new TensorSnapshot({ data: undefined, shape: [...shape], dtype });
  tensors.push({ tensor, snapshot });
  return snapshot;
}

async function readTensors({ tensors, arrays }: Packing): Promise<void> {
  for (const { tensor, snapshot } of tensors)
    snapshot.parts.data = detach(await tensor.data(), arrays);
}

/** Most entries of long lists, which need no look inside. */
function isNumberOrText(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && value !== 0);
}

/** Snapshots become arrays, matrices and tensors again, in place. */
function restore(value: unknown, unpacking: Unpacking): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const { seen } = unpacking;
  if (seen.has(value)) return seen.get(value);
  const made = make(value, unpacking);
  seen.set(value, made);
  if (made !== value || !(Array.isArray(value) || isPlain(value))) return made;
  const members = value as Record<string, unknown>;
  for (const [key, item] of Object.entries(members))
    if (typeof item === 'object') members[key] = restore(item, unpacking);
  return value;
}

function make(value: object, { arrays, Matrix, tf }: Unpacking): unknown {
  const whole = <T>(data: Taken<T>): T =>
    data instanceof Detached ? (attach(data, arrays) as T) : data;
  if (value instanceof MinusZero) return -0;
  if (value instanceof Detached) return attach(value, arrays);
  if (value instanceof MatrixSnapshot) {
    const { data, rows, columns } = value.parts;
    return new Matrix(whole(data), rows, columns);
  }
  if (!(value instanceof TensorSnapshot)) return value;
  const { data, shape, dtype } = value.parts;
  return tf!.tensor(whole(data) as Float32Array, shape, dtype as TensorType);
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
