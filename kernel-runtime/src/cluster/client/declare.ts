/** Tells the notebook's compiler which variables a push gives to the engines, so that `%%px` cells know their types. */
import { Matrix } from '../../mathematics/math/matrix.js';
import { notebookHost } from './host.js';

/** Deeper values are `any`: a type is for the reader, and long ones help nobody. */
const MAX_DEPTH = 3;

const arrayTypes = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array
];

/** Makes the names of `variables` known to `%%px` cells; does nothing outside of a notebook. */
export function declareOnEngines(variables: Readonly<Record<string, unknown>>): void {
  const types = Object.entries(variables).map(([name, value]) => [name, typeOf(value)]);
  notebookHost()?.send({ type: 'declare', types: Object.fromEntries(types) as unknown });
}

/** The TypeScript type of a value, in words that every cell knows; `any` where there are none. */
export function typeOf(value: unknown, depth = 0): string {
  if (['number', 'string', 'boolean', 'bigint'].includes(typeof value)) return typeof value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return 'any';
  if (value instanceof Matrix) return 'Matrix';
  const arrayType = arrayTypes.find(type => value instanceof type);
  if (arrayType) return arrayType.name;
  if (Array.isArray(value)) return `${elementType(value, depth)}[]`;
  const isRecord = Object.getPrototypeOf(value) === Object.prototype;
  return isRecord ? recordType(value as Record<string, unknown>, depth) : 'any';
}

function elementType(list: readonly unknown[], depth: number): string {
  const types = new Set(list.map(value => typeOf(value, depth + 1)));
  return types.size === 1 ? [...types][0] : 'any';
}

function recordType(record: Record<string, unknown>, depth: number): string {
  const members = Object.entries(record).map(
    ([name, value]) => `${JSON.stringify(name)}: ${typeOf(value, depth + 1)}`
  );
  return `{ ${members.join('; ')} }`;
}
