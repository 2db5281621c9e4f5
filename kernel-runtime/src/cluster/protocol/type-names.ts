/** The types of values in the words of TypeScript, so that a compiler elsewhere knows the variables of engines. */

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

/** The TypeScript type of a value, in words that every cell knows; `any` where there are none. */
export function typeOf(value: unknown, depth = 0): string {
  if (['number', 'string', 'boolean', 'bigint'].includes(typeof value)) return typeof value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return 'any';
  if (isMatrix(value)) return 'Matrix';
  const arrayType = arrayTypes.find(type => value instanceof type);
  if (arrayType) return arrayType.name;
  if (Array.isArray(value)) return `${elementType(value, depth)}[]`;
  const isRecord = Object.getPrototypeOf(value) === Object.prototype;
  return isRecord ? recordType(value as Record<string, unknown>, depth) : 'any';
}

function isMatrix(value: object): boolean {
  return value.constructor?.name === 'Matrix' && 'rows' in value && 'columns' in value;
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
