/** The types in PyTorch's schemas, and which JavaScript values they take. */
import { codeOf } from './dtypes.js';
import { TorchTensor } from './tensor.js';

/** A parsed type: `Tensor?[]` is an optional list, `int[]?` … */
export interface SchemaType {
  readonly kind: string;
  readonly isOptional: boolean;
  /** Of a list: what its entries are. */
  readonly entry?: SchemaType;
}

/** Parses a type as PyTorch writes it. */
export function parseType(text: string): SchemaType {
  if (text.endsWith('?')) return { ...parseType(text.slice(0, -1)), isOptional: true };
  const list = /^(.*)\[\d*\]$/.exec(text);
  if (list) return { kind: 'list', isOptional: false, entry: parseType(list[1]) };
  return { kind: text, isOptional: false };
}

const LAYOUTS = ['strided', 'sparse'];
const MEMORY_FORMATS = ['contiguous', 'preserve', 'channels_last', 'channels_last_3d'];

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint';
const isComplex = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'real' in value && 'imag' in value;

/** Which values each kind takes. */
const TAKES: Readonly<Record<string, (value: unknown) => boolean>> = {
  Tensor: value => value instanceof TorchTensor,
  int: value => typeof value === 'bigint' || Number.isInteger(value),
  SymInt: value => typeof value === 'bigint' || Number.isInteger(value),
  float: isNumber,
  bool: value => typeof value === 'boolean',
  Scalar: value => isNumber(value) || typeof value === 'boolean' || isComplex(value),
  number: value => isNumber(value) || typeof value === 'boolean' || isComplex(value),
  ScalarType: value => typeof value === 'string' || Number.isInteger(value),
  Layout: value => typeof value === 'string' || Number.isInteger(value),
  MemoryFormat: value => typeof value === 'string' || Number.isInteger(value),
  Device: value => typeof value === 'string',
  str: value => typeof value === 'string'
};

/** Whether a value can be given where the schema says this type; `size` as in `Parameter`. */
export function takes(type: SchemaType, value: unknown, size = 0): boolean {
  if (value === null || value === undefined) return type.isOptional;
  if (type.entry === undefined) return TAKES[type.kind]?.(value) ?? false;
  if (size > 0 && isNumber(value)) return takes(type.entry, value);
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
  const { entry } = type;
  return Array.from(value as ArrayLike<unknown>).every(one => takes(entry, one));
}

/** The value as the addon takes it: tensors as handles, names as numbers. */
export function lower(type: SchemaType, value: unknown): unknown {
  if (value instanceof TorchTensor) return type.kind === 'Tensor' ? value.handle : {};
  if (type.kind === 'Tensor') return value === null || value === undefined ? value : {};
  if (type.entry !== undefined && typeof value === 'object' && value !== null) {
    const { entry } = type;
    return Array.from(value as ArrayLike<unknown>, one => lower(entry, one));
  }
  if (typeof value !== 'string') return value;
  if (type.kind === 'ScalarType') return codeOf(value);
  if (type.kind === 'Layout') return LAYOUTS.indexOf(value);
  if (type.kind === 'MemoryFormat') return MEMORY_FORMATS.indexOf(value);
  return value;
}
