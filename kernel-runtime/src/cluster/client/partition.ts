/** Scatter and gather: a sequence in contiguous parts, one a rank, and the parts as one sequence again. */
import { Matrix } from '../../mathematics/math/matrix.js';

export type NumberArray = Float64Array | Float32Array | Int32Array;

/** A list, a typed array, or a matrix that is cut by rows. */
export type Sequence = readonly unknown[] | NumberArray | Matrix;

/** `count` contiguous parts in order; the first ones are longer by one where the length does not divide. */
export function partition(values: Sequence, count: number): Sequence[] {
  const length = values instanceof Matrix ? values.rows : values.length;
  const start = (k: number): number => k * Math.floor(length / count) + Math.min(k, length % count);
  return Array.from({ length: count }, (_, k) => cut(values, start(k), start(k + 1)));
}

/** The parts as one sequence, if all are of one kind that can be joined; else the parts themselves. */
export function join(parts: readonly unknown[]): unknown {
  if (parts.length === 0) return [];
  if (parts.every(part => Array.isArray(part))) return parts.flat(1);
  if (parts.every(part => part instanceof Matrix)) return stack(parts);
  return (
    joinArrays(Float64Array, parts) ??
    joinArrays(Float32Array, parts) ??
    joinArrays(Int32Array, parts) ??
    parts
  );
}

function cut(values: Sequence, start: number, end: number): Sequence {
  if (!(values instanceof Matrix)) return values.slice(start, end);
  const { data, columns } = values;
  return new Matrix(data.slice(start * columns, end * columns), end - start, columns);
}

function stack(parts: readonly Matrix[]): unknown {
  const { columns } = parts[0];
  if (parts.some(part => part.columns !== columns)) return parts;
  const data = concatenate(
    Float64Array,
    parts.map(part => part.data)
  );
  return new Matrix(data, data.length / Math.max(columns, 1), columns);
}

function joinArrays<T extends NumberArray>(
  type: new (length: number) => T,
  parts: readonly unknown[]
): T | undefined {
  return parts.every(part => part instanceof type) ? concatenate(type, parts as T[]) : undefined;
}

function concatenate<T extends NumberArray>(
  type: new (length: number) => T,
  parts: readonly T[]
): T {
  const whole = new type(parts.reduce((total, part) => total + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
