/** Words on vectors: scale, axpy, dot, norm, sums and means, and how vectors are made. */
import { isTraced, trace } from './derivatives/traced.js';
import { mul } from './elementwise.js';
import { axpyInto, dotProduct } from './kernels.js';
import { Matrix, type Vector } from './matrix.js';
import { assertSameLength, shapeMismatch } from './shapes.js';

type Numbers = Vector | Float32Array;

/** A vector of the given entries: `vector(1, 2, 3)`, or of a list's: `vector([1, 2, 3])`. */
export function vector(...entries: number[]): Vector;
export function vector(entries: ArrayLike<number>): Vector;
export function vector(...given: number[] | [ArrayLike<number>]): Vector {
  const [first] = given;
  const isList = given.length === 1 && (Array.isArray(first) || ArrayBuffer.isView(first));
  const entries = isList ? Array.from(first as ArrayLike<number>) : (given as number[]);
  if (entries.some(isTraced)) return trace('vector', entries);
  return Float64Array.from(entries);
}

/** A vector of n zeros, or a rows x columns matrix of zeros. */
export function zeros(n: number): Vector;
export function zeros(rows: number, columns: number): Matrix;
export function zeros(rows: number, columns?: number): Vector | Matrix {
  if (columns === undefined) return new Float64Array(rows);
  return new Matrix(new Float64Array(rows * columns), rows, columns);
}

/** Zeros in the length and precision of x. */
export function zerosLike(x: Vector): Vector;
export function zerosLike(x: Float32Array): Float32Array;
export function zerosLike(x: Vector | Float32Array): Vector | Float32Array {
  return x instanceof Float32Array ? new Float32Array(x.length) : new Float64Array(x.length);
}

/** A vector of n ones, or a rows x columns matrix of ones. */
export function ones(n: number): Vector;
export function ones(rows: number, columns: number): Matrix;
export function ones(rows: number, columns?: number): Vector | Matrix {
  if (columns === undefined) return new Float64Array(rows).fill(1);
  return new Matrix(new Float64Array(rows * columns).fill(1), rows, columns);
}

/** c x for a vector or a matrix x. */
export function scale(c: number, x: Vector): Vector;
export function scale(c: number, x: Float32Array): Float32Array;
export function scale(c: number, x: Matrix): Matrix;
export function scale(
  c: number,
  x: Vector | Float32Array | Matrix
): Vector | Float32Array | Matrix {
  return mul(c, x as Vector);
}

/**
 * a x + y, in one pass. Two float32 vectors give a float32 vector.
 * @param out takes the result, and may be x or y itself; a new vector by default
 * @throws SHAPE_MISMATCH if x, y and out differ in length
 */
export function axpy(a: number, x: Vector, y: Vector, out?: Vector): Vector;
export function axpy(a: number, x: Float32Array, y: Float32Array, out?: Float32Array): Float32Array;
export function axpy(a: number, x: Numbers, y: Numbers, out?: Numbers): Numbers {
  if (isTraced(a) || isTraced(x) || isTraced(y)) return trace('axpy', a, x, y);
  assertSameLength('axpy', x, y);
  if (out) assertSameLength('axpy, out', x, out);
  const isSingle = x instanceof Float32Array && y instanceof Float32Array;
  const sum = out ?? (isSingle ? new Float32Array(y.length) : new Float64Array(y.length));
  axpyInto(a, x, y, sum);
  return sum;
}

/**
 * Σ a_i b_i, as four sums side by side: see `dotProduct` for the order.
 * @throws SHAPE_MISMATCH if a and b differ in length
 */
export function dot(a: Vector | Float32Array, b: Vector | Float32Array): number {
  if (isTraced(a) || isTraced(b)) return trace('dot', a, b);
  assertSameLength('dot', a, b);
  return dotProduct(a, b);
}

/** The Euclidean norm of a vector, the Frobenius norm of a matrix. */
export function norm(x: Vector | Float32Array | Matrix): number {
  if (isTraced(x)) return trace('norm', x);
  const entries = x instanceof Matrix ? x.data : x;
  return Math.sqrt(dot(entries, entries));
}

/** The sum of all entries. */
export function sum(x: ArrayLike<number> | Matrix): number {
  if (isTraced(x)) return trace('sum', x);
  const entries = x instanceof Matrix ? x.data : x;
  let total = 0;
  for (let i = 0; i < entries.length; i++) total += entries[i];
  return total;
}

/**
 * The mean of the entries of a vector, or the mean vector of several vectors of one length.
 * @throws SHAPE_MISMATCH for no vectors, or vectors of different lengths
 */
export function mean(x: ArrayLike<number>): number;
export function mean(xs: readonly Vector[]): Vector;
export function mean(x: ArrayLike<number> | readonly Vector[]): number | Vector {
  if (isTraced(x) || (Array.isArray(x) && x.some(isTraced))) return trace('mean', x);
  if (Array.isArray(x) && x[0] instanceof Float64Array) return meanVector(x as readonly Vector[]);
  const entries = x as ArrayLike<number>;
  if (entries.length === 0) throw shapeMismatch('mean', 'at least one entry', '0 entries');
  return sum(entries) / entries.length;
}

function meanVector(xs: readonly Vector[]): Vector {
  const out = new Float64Array(xs[0].length);
  for (const x of xs) {
    assertSameLength('mean', out, x);
    for (let i = 0; i < out.length; i++) out[i] += x[i];
  }
  for (let i = 0; i < out.length; i++) out[i] /= xs.length;
  return out;
}
