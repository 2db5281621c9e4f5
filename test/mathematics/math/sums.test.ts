import { describe, expect, it } from 'vitest';

import {
  plainSums,
  sumsIn,
  type Sums,
  type Summands
} from '../../../kernel-runtime/src/mathematics/math/sums.js';
import { random } from '../../../kernel-runtime/src/mathematics/math/random.js';

const memory = new WebAssembly.Memory({ initial: 4, maximum: 8, shared: true });
const fast = sumsIn(memory);
const types = { Float64Array, Float32Array, Int32Array } as const;
type Type = keyof typeof types;

const SPECIAL = [0, -0, Infinity, -Infinity, NaN, 2 ** -1074, 2 ** -149, 3.4e38, 1e308, 2 ** -256];
const stream = random(1);

/** Numbers of a type, some of them at its limits. */
function fill(array: Summands): void {
  for (let i = 0; i < array.length; i++) {
    const special = SPECIAL[Math.floor(stream.uniform() * 40)];
    const number = stream.normal() * 10 ** Math.floor(stream.uniform() * 12 - 6);
    array[i] = array instanceof Int32Array ? number * 1e6 : (special ?? number);
  }
}

const operations: Record<string, (sums: Sums, arrays: Summands[], weights: number[]) => void> = {
  scale: (sums, [out, x], [u]) => sums.scale(out, u, x),
  axpy: (sums, [out, x, y], [, v]) => sums.axpy(out, x, v, y),
  axpby: (sums, [out, x, y], [u, v]) => sums.axpby(out, u, x, v, y),
  add: (sums, [out, x, y]) => sums.add(out, x, y),
  divide: (sums, [out, x], [, , d]) => sums.divide(out, x, d),
  mean: (sums, [out, x, y], [, , d]) => sums.mean(out, x, y, d)
};

const FRACTIONS = [1 / 3, -0.7, 3];
const WHOLE = [3, -1_048_576, 1];
const LARGE = [3_000_000_001, -(2 ** 40) - 1, 1];

const cases = Object.keys(operations).flatMap(operation =>
  (Object.keys(types) as Type[])
    .filter(type => type !== 'Int32Array' || !['divide', 'mean'].includes(operation))
    .map(type => ({ operation, type }))
);

/** Which of out, x and y are one array: by position, e.g. [0, 1, 1] lets y be x. */
const aliases = [
  [0, 1, 2],
  [0, 0, 2],
  [0, 1, 0],
  [0, 0, 0]
];

describe('the sums in shared memory', () => {
  it.each(cases)(
    'have the bits of plain loops: $operation of $type, any length and place',
    ({ operation, type }) => {
      const bytes = types[type].BYTES_PER_ELEMENT;
      const weightings = type === 'Int32Array' ? [WHOLE, LARGE] : [FRACTIONS, [0.5, 0.5, 2]];
      for (let length = 0; length <= 70; length++) {
        for (const [k, places] of aliases.entries()) {
          const arrays = places.map(
            p =>
              new types[type](
                memory.buffer,
                65_536 * p + bytes * ((length * 3 + p * 5 + k) % 9),
                length
              )
          );
          arrays.forEach(fill);
          const copies = arrays.map(array => array.slice());
          const expected = places.map(p => copies[places.lastIndexOf(p)]);
          const weights = weightings[length % 2];
          const before = new types[type](memory.buffer, 0, 90).slice();
          operations[operation](plainSums, expected, weights);
          operations[operation](fast, arrays, weights);
          expect(arrays[0], `${length} numbers, aliased ${places}`).toEqual(expected[0]);
          const start = arrays[0].byteOffset / bytes;
          const around = new types[type](memory.buffer, 0, 90).slice();
          around.set(before.subarray(start, start + length), start);
          expect(around, 'what lies around is untouched').toEqual(before);
        }
      }
    }
  );

  it('take arrays of other memory too', () => {
    const out = new Float32Array(3);
    fast.axpby(out, 0.5, Float32Array.of(1, 2, 3), 0.25, Float32Array.of(4, 4, 4));
    expect([...out]).toEqual([1.5, 2, 2.5]);
  });

  it('know their memory again after it has grown', () => {
    const old = new Float64Array(memory.buffer, 8, 2);
    fast.scale(old, 0, old);
    memory.grow(1);
    const far = new Float64Array(memory.buffer, memory.buffer.byteLength - 16, 2);
    far.set([1, 2]);
    fast.axpy(old, far, 1, far);
    expect([...old]).toEqual([2, 4]);
  });
});
