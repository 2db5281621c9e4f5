/** How a value is shown as text: arrays and tensors by type, shape, first values, range and NaN count. */
import { inspect } from 'node:util';
import { isProxy } from 'node:util/types';

/** Arrays up to this length are shown whole. */
const SHOWN_WHOLE = 12;
const FIRST_VALUES = 6;
const MAX_ROWS = 8;
const SIGNIFICANT_DIGITS = 6;
/** Records with more keys are shown by the first ones. */
const MAX_KEYS = 1000;
const FIRST_KEYS = 100;

type FloatArray = Float64Array | Float32Array;
type NumberArray =
  FloatArray | Int32Array | Uint8Array | Int16Array | Uint16Array | Uint32Array | Int8Array;

/** A matrix of the library, known by its shape. */
interface MatrixLike {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** A tensor of TensorFlow.js, known by its members. */
interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
  dataSync(): ArrayLike<number>;
}

/** Text for any value. */
export function inspectValue(value: unknown): string {
  try {
    if (!isProxy(value)) {
      if (isTensor(value)) return describeTensor(value);
      if (isMatrix(value)) return describeMatrix(value);
      if (isNumberArray(value)) return describeArray(value);
      if (isLargeRecord(value)) return describeRecord(value);
    }
    return inspect(value);
  } catch {
    // A getter, or a method that inspects, may throw; what there is can be shown without them.
    return inspect(value, { customInspect: false });
  }
}

/** `inspect` shortens arrays, maps and sets, but writes all keys of a record. */
function describeRecord(record: Record<string, unknown>): string {
  const keys = Object.keys(record);
  const shown = Object.fromEntries(keys.slice(0, FIRST_KEYS).map(key => [key, record[key]]));
  return `${inspect(shown).replace(/\s*\}$/, ',')}\n  … ${keys.length - FIRST_KEYS} more keys\n}`;
}

function isLargeRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain && Object.keys(value).length > MAX_KEYS;
}

/** Teaches `console.log` and `util.inspect` to summarize long arrays, also inside of objects. */
export function installArrayInspection(prototypes: readonly object[]): void {
  for (const prototype of prototypes) defineInspection(prototype, inspectValue);
}

/** Keeps what our bookkeeping adds to promises and timers out of the reader's sight. */
export function installPromiseInspection(): void {
  const show = (value: unknown): string => {
    const text = inspect(value, { customInspect: false }).replace(bookkeeping, '');
    return text.length < ONE_LINE ? text.replace(/\s*\n\s*/g, ' ') : text;
  };
  const timer = setTimeout(() => {}, 0);
  clearTimeout(timer);
  defineInspection(Promise.prototype, show);
  defineInspection(Object.getPrototypeOf(timer) as object, () => 'Timeout');
}

const ONE_LINE = 72;
const bookkeeping =
  /,?\s*\[Symbol\((?:async_id_symbol|trigger_async_id_symbol|kResourceStore)\)\]: (?:\d+|undefined|\w* ?\{(?:[^{}]|\{[^{}]*\})*\}|\[\w+\])/g;

function defineInspection(prototype: object, show: (value: unknown) => string): void {
  Object.defineProperty(prototype, inspect.custom, {
    configurable: true,
    value(this: unknown) {
      return this === prototype ? '[prototype]' : show(this);
    }
  });
}

/** The prototypes of the arrays that notebooks compute with. */
export const arrayPrototypes: readonly object[] = [
  Float64Array.prototype,
  Float32Array.prototype,
  Int32Array.prototype
];

function describeArray(values: NumberArray): string {
  const type = `${values.constructor.name}(${values.length})`;
  if (values.length <= SHOWN_WHOLE) return `${type} [${list(values, values.length)}]`;
  return `${type} [${list(values, FIRST_VALUES)}, …]  ${summary(values)}`;
}

function describeMatrix({ data, rows, columns }: MatrixLike): string {
  const shown = Math.min(rows, MAX_ROWS);
  const width = Math.min(columns, SHOWN_WHOLE);
  const cells = Array.from({ length: shown }, (_, i) =>
    Array.from({ length: width }, (_value, j) => format(data[i * columns + j]))
  );
  const widths = Array.from({ length: width }, (_, j) =>
    Math.max(...cells.map(row => row[j].length), 0)
  );
  const lines = cells.map(
    row =>
      `  ${row.map((text, j) => text.padStart(widths[j])).join('  ')}${columns > width ? '  …' : ''}`
  );
  if (rows > shown) lines.push('  …');
  return [`Matrix(${rows} × ${columns})  ${summary(data)}`, ...lines].join('\n');
}

function describeTensor(tensor: TensorLike): string {
  const type = `Tensor ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (tensor.isDisposed) return `${type} (disposed)`;
  const values = valuesOf(tensor);
  if (!values) return `${type} on the GPU: \`await t.data()\` reads its values`;
  if (typeof values[0] === 'string') return `${type} ${inspect(values)}`;
  if (values.length <= SHOWN_WHOLE) return `${type} [${list(values, values.length)}]`;
  return `${type} [${list(values, FIRST_VALUES)}, …]  ${summary(values)}`;
}

/** Undefined for a tensor that can only be waited for. */
function valuesOf(tensor: TensorLike): ArrayLike<number> | undefined {
  try {
    return tensor.dataSync();
  } catch (error) {
    if ((error as { code?: string }).code === 'READ_SYNC') return undefined;
    throw error;
  }
}

function summary(values: ArrayLike<number>): string {
  let [low, high, missing] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) missing++;
    else {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const range = low > high ? 'no numbers' : `min ${format(low)}, max ${format(high)}`;
  return missing === 0 ? range : `${range}, ${missing} NaN`;
}

function list(values: ArrayLike<number>, count: number): string {
  return Array.from({ length: count }, (_, i) => format(values[i])).join(', ');
}

function format(value: number): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
}

function isNumberArray(value: unknown): value is NumberArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !Buffer.isBuffer(value) &&
    !isBigArray(value)
  );
}

function isBigArray(value: ArrayBufferView): boolean {
  return value instanceof BigInt64Array || value instanceof BigUint64Array;
}

function isMatrix(value: unknown): value is MatrixLike {
  const matrix = value as Partial<MatrixLike> | null;
  return (
    typeof matrix === 'object' &&
    matrix?.data instanceof Float64Array &&
    typeof matrix.rows === 'number'
  );
}

function isTensor(value: unknown): value is TensorLike {
  const tensor = value as Partial<TensorLike> | null;
  return (
    typeof tensor === 'object' &&
    Array.isArray(tensor?.shape) &&
    typeof tensor.dataSync === 'function'
  );
}
