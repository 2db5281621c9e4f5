import { describe, expect, it } from 'vitest';
import { typeOf } from '../../../kernel-runtime/src/cluster/protocol/type-names.js';
import { Matrix } from '../../../kernel-runtime/src/mathematics/math/matrix.js';

describe('the type that a pushed value is declared with', () => {
  it.each<[unknown, string]>([
    [1, 'number'],
    ['x', 'string'],
    [true, 'boolean'],
    [null, 'any'],
    [Float64Array.of(1), 'Float64Array'],
    [Matrix.from([[1]]), 'Matrix'],
    [[1, 2], 'number[]'],
    [[1, 'x'], 'any[]'],
    [[], 'any[]'],
    [[Float32Array.of(1)], 'Float32Array[]'],
    [{ gamma: 0.1, name: 'x' }, '{ "gamma": number; "name": string }'],
    [new Map(), 'any'],
    [{ a: { b: { c: { d: { e: 1 } } } } }, '{ "a": { "b": { "c": { "d": any } } } }']
  ])('of %j is %s', (value, type) => {
    expect(typeOf(value)).toBe(type);
  });
});
