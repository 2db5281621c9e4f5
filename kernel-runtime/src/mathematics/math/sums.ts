/**
 * Weighted sums at the speed of memory: SIMD kernels in WebAssembly (`bin/sums-wat.mjs`) for arrays that lie in a shared
 * WebAssembly memory, plain loops for all others. Both give the same bits.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { builtFolder } from '../../package.js';

export type Summands = Float64Array | Float32Array | Int32Array;

/** Element by element; all arrays of one call have one type and one length, and `out` may be any of them. */
export interface Sums {
  /** out = u x */
  scale(out: Summands, u: number, x: Summands): void;
  /** out = x + v y, rounded once for each number. */
  axpy(out: Summands, x: Summands, v: number, y: Summands): void;
  /** out = u x + v y, where u x is rounded before v y is added. */
  axpby(out: Summands, u: number, x: Summands, v: number, y: Summands): void;
  /** out = x + y */
  add(out: Summands, x: Summands, y: Summands): void;
  /** out = x / d; floating-point numbers only. */
  divide(out: Summands, x: Summands, d: number): void;
  /** out = (x + y) / d; floating-point numbers only. */
  mean(out: Summands, x: Summands, y: Summands, d: number): void;
}

type Kernel = (...numbers: number[]) => void;

/** Beyond, products of whole numbers are no longer exact in JavaScript, and wrap around otherwise than in 32 bits. */
const MAX_WHOLE_WEIGHT = 2 ** 20;

const binary = join(builtFolder, 'mathematics', 'math', 'sums.wasm');
let compiled: WebAssembly.Module | undefined;

/** Sums with one term after the other, for arrays anywhere. */
export const plainSums: Sums = {
  scale(out, u, x) {
    for (let i = 0; i < out.length; i++) out[i] = u * x[i];
  },
  axpy(out, x, v, y) {
    for (let i = 0; i < out.length; i++) out[i] = x[i] + v * y[i];
  },
  axpby(out, u, x, v, y) {
    // Stored in between, since that is what rounds it; one number at a time, because `out` may be y.
    for (let i = 0; i < out.length; i++) {
      const term = v * y[i];
      out[i] = u * x[i];
      out[i] += term;
    }
  },
  add(out, x, y) {
    for (let i = 0; i < out.length; i++) out[i] = x[i] + y[i];
  },
  divide(out, x, d) {
    for (let i = 0; i < out.length; i++) out[i] = x[i] / d;
  },
  mean(out, x, y, d) {
    for (let i = 0; i < out.length; i++) {
      out[i] = x[i] + y[i];
      out[i] /= d;
    }
  }
};

/**
 * Sums whose arrays usually lie in `memory`; the kernels are compiled at the first call.
 * @param memory shared, of at most 65,536 pages
 * @param isInside whether an array lies in it. Defaults to knowing the buffers that the memory has had at a call
 */
export function sumsIn(
  memory: WebAssembly.Memory,
  isInside: (array: Summands) => boolean = inBuffersOf(memory)
): Sums {
  compiled ??= new WebAssembly.Module(readFileSync(binary));
  const { exports } = new WebAssembly.Instance(compiled, { link: { memory } });
  const kernels = exports as Record<string, Kernel>;
  const kernel = (name: string, arrays: Summands[], weights: number[]): Kernel | undefined => {
    const type = typeName(arrays[0]);
    const fits = type !== 'int32' || weights.every(w => Math.abs(w) <= MAX_WHOLE_WEIGHT);
    return fits && arrays.every(isInside) ? kernels[`${name}_${type}`] : undefined;
  };
  const run = (name: keyof Sums, arrays: Summands[], weights: number[]): boolean => {
    const found = kernel(name, arrays, weights);
    found?.(...arrays.map(({ byteOffset }) => byteOffset), ...weights, arrays[0].length);
    return found !== undefined;
  };
  return {
    scale: (out, u, x) => void (run('scale', [out, x], [u]) || plainSums.scale(out, u, x)),
    axpy: (out, x, v, y) => void (run('axpy', [out, x, y], [v]) || plainSums.axpy(out, x, v, y)),
    axpby: (out, u, x, v, y) =>
      void (run('axpby', [out, x, y], [u, v]) || plainSums.axpby(out, u, x, v, y)),
    add: (out, x, y) => void (run('add', [out, x, y], []) || plainSums.add(out, x, y)),
    divide: (out, x, d) => void (run('divide', [out, x], [d]) || plainSums.divide(out, x, d)),
    mean: (out, x, y, d) => void (run('mean', [out, x, y], [d]) || plainSums.mean(out, x, y, d))
  };
}

/** A memory that has grown has a new buffer over the same bytes, and arrays on the old one stay good. */
function inBuffersOf(memory: WebAssembly.Memory): (array: Summands) => boolean {
  const buffers = new WeakSet<object>();
  return ({ buffer }) => {
    buffers.add(memory.buffer);
    return buffers.has(buffer);
  };
}

function typeName(array: Summands): string {
  if (array instanceof Float64Array) return 'float64';
  return array instanceof Float32Array ? 'float32' : 'int32';
}
