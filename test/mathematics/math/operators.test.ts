import { describe, expect, it } from 'vitest';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';
import {
  operator,
  type OperatorName
} from '../../../kernel-runtime/src/mathematics/math/operators.js';
import { vector } from '../../../kernel-runtime/src/mathematics/math/vectors.js';

const x = vector(1, 2);
const A = Matrix.from([
  [1, 2],
  [3, 4]
]);

/** A stand-in for a tensor that writes down what is asked of it. */
function recorder(name: string): object {
  const call = (method: string) => (other?: unknown) =>
    recorder(other === undefined ? `${name}.${method}()` : `${name}.${method}(${String(other)})`);
  const methods = ['add', 'sub', 'mul', 'div', 'neg', 'reciprocal'].map(m => [m, call(m)] as const);
  return { dataId: {}, ...Object.fromEntries(methods), toString: () => name };
}

describe('operators in cells', () => {
  it.each<[string, OperatorName, unknown, unknown, unknown]>([
    ['numbers', 'plus', 0.1, 0.2, 0.1 + 0.2],
    ['strings', 'plus', 'a', 'b', 'ab'],
    ['a string and a number', 'plus', 'step ', 3, 'step 3'],
    ['bigints', 'star', 3n, 4n, 12n],
    ['vector + vector', 'plus', x, x, vector(2, 4)],
    ['vector * vector, entry by entry', 'star', x, x, vector(1, 4)],
    ['number * vector', 'star', 3, x, vector(3, 6)],
    ['vector / number', 'slash', x, 2, vector(0.5, 1)],
    ['number - vector', 'minus', 1, x, vector(0, -1)],
    ['matrix * vector', 'star', A, x, vector(5, 11)],
    [
      'matrix * matrix',
      'star',
      A,
      A,
      Matrix.from([
        [7, 10],
        [15, 22]
      ])
    ],
    [
      'number * matrix',
      'star',
      2,
      A,
      Matrix.from([
        [2, 4],
        [6, 8]
      ])
    ],
    [
      'matrix - matrix',
      'minus',
      A,
      A,
      Matrix.from([
        [0, 0],
        [0, 0]
      ])
    ]
  ])('%s', (_, name, a, b, expected) => {
    expect(operator(name, a, b)).toEqual(expected);
  });

  it.each<[OperatorName, string, string]>([
    ['plus', 't.add(2)', 't.add(2)'],
    ['minus', 't.sub(2)', 't.neg().add(2)'],
    ['star', 't.mul(2)', 't.mul(2)'],
    ['slash', 't.div(2)', 't.reciprocal().mul(2)']
  ])('a tensor %s a number, and a number with a tensor, use the tensor', (name, left, right) => {
    expect(String(operator(name, recorder('t'), 2))).toBe(left);
    expect(String(operator(name, 2, recorder('t')))).toBe(right);
  });

  it.each<[string, OperatorName, unknown, unknown]>([
    ['vectors of different length', 'plus', x, vector(1)],
    ['a vector and a word', 'plus', x, 'word'],
    ['a vector times a matrix', 'star', x, A],
    ['a matrix over a matrix', 'slash', A, A],
    ['a matrix plus a vector', 'plus', A, x],
    ['undefined, as from a missing await', 'minus', x, undefined]
  ])('refuses %s', (_, name, a, b) => {
    expect(() => operator(name, a, b)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
