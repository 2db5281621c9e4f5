/** The types of entries: PyTorch's numbers for them, our names, and the arrays that hold them in JavaScript. */
import { DecentLabError } from '../../../errors.js';
import { nearestNames } from '../../math/nearest-names.js';

/** A typed array that can hold a tensor's entries. */
export type Values =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array;

type ValuesClass = { new (buffer: ArrayBufferLike, offset?: number, length?: number): Values };

interface Entry {
  /** PyTorch's `ScalarType`. */
  readonly code: number;
  /** Complex entries are pairs of floats, 16-bit floats are their bits. */
  readonly array: ValuesClass;
  /** How many entries of the array make one of the tensor. */
  readonly width: 1 | 2;
}

const TABLE = {
  float64: { code: 7, array: Float64Array, width: 1 },
  float32: { code: 6, array: Float32Array, width: 1 },
  float16: { code: 5, array: Uint16Array, width: 1 },
  bfloat16: { code: 15, array: Uint16Array, width: 1 },
  complex128: { code: 10, array: Float64Array, width: 2 },
  complex64: { code: 9, array: Float32Array, width: 2 },
  int64: { code: 4, array: BigInt64Array, width: 1 },
  int32: { code: 3, array: Int32Array, width: 1 },
  int16: { code: 2, array: Int16Array, width: 1 },
  int8: { code: 1, array: Int8Array, width: 1 },
  uint32: { code: 28, array: Uint32Array, width: 1 },
  uint16: { code: 27, array: Uint16Array, width: 1 },
  uint8: { code: 0, array: Uint8Array, width: 1 },
  bool: { code: 11, array: Uint8Array, width: 1 }
} as const satisfies Record<string, Entry>;

/** The name of a type of entries. */
export type DType = keyof typeof TABLE;

/** All names. */
export const dtypes = Object.keys(TABLE) as DType[];

const byCode = new Map<number, DType>(dtypes.map(name => [TABLE[name].code, name]));

/** PyTorch's number of a type. @throws VALUE_INVALID, which names the nearest */
export function codeOf(dtype: string): number {
  if (Object.hasOwn(TABLE, dtype)) return TABLE[dtype as DType].code;
  const [nearest] = nearestNames(dtype, dtypes);
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  const expected = `one of ${dtypes.join(', ')}${hint}`;
  throw new DecentLabError('VALUE_INVALID', { what: 'dtype', expected, received: dtype });
}

/** The name of PyTorch's number; types that JavaScript cannot hold are `number N`. */
export function dtypeOf(code: number): DType {
  return byCode.get(code) ?? (`number ${code}` as DType);
}

/** The bytes of a tensor of this type as a typed array. @throws VALUE_INVALID for types that no array can hold */
export function valuesOver(buffer: ArrayBufferLike, dtype: DType): Values {
  const { array: Values } = entryOf(dtype);
  return new Values(buffer);
}

/** How many entries of its typed array an entry of a tensor has: 2 for complex ones. */
export function widthOf(dtype: DType): number {
  return entryOf(dtype).width;
}

/** The type of a tensor that is made of this array. */
export function dtypeOfArray(values: Values): DType {
  const found = dtypes.find(name => TABLE[name].width === 1 && values instanceof TABLE[name].array);
  return found === 'float16' ? 'uint16' : (found ?? 'float64');
}

/** A new array for so many entries of a tensor. */
export function newValues(dtype: DType, entries: number): Values {
  const { array: Values, width } = entryOf(dtype);
  return new (Values as unknown as new (length: number) => Values)(entries * width);
}

function entryOf(dtype: DType): Entry {
  if (Object.hasOwn(TABLE, dtype)) return TABLE[dtype];
  const expected = `one of ${dtypes.join(', ')}: convert it with aten.to`;
  throw new DecentLabError('VALUE_INVALID', { what: 'dtype', expected, received: dtype });
}
