import { describe, expect, it } from 'vitest';
import {
  check,
  type CheckOptions
} from '../../../kernel-runtime/src/laboratory/experiments/check.js';

const display = Symbol.for('Jupyter.display');

describe('check', () => {
  it.each<[string, number | boolean | number[], CheckOptions, boolean]>([
    ['an equal number', 0.5, { expected: 0.5 }, true],
    ['a number within the relative tolerance', 1.0005, { expected: 1, relative: 1e-3 }, true],
    ['a number outside the relative tolerance', 1.002, { expected: 1, relative: 1e-3 }, false],
    ['a tiny difference from zero', 1e-13, { expected: 0 }, true],
    ['NaN', NaN, { expected: NaN }, false],
    ['NaN against a bound', NaN, { below: 1 }, false],
    ['a value below its bound', 1e-20, { below: 1e-18 }, true],
    ['a value at its bound', 1, { below: 1 }, false],
    ['a value above its bound', 2, { above: 1 }, true],
    ['truth', true, { expected: true }, true],
    ['a lie', false, { expected: true }, false],
    ['a list with one wrong entry', [1, 1, 2], { expected: 1 }, false],
    ['a list equal to a list', [1, 2, 3], { expected: [1, 2, 3] }, true],
    ['a list of another length', [1, 2], { expected: [1, 2, 3] }, false],
    ['an empty list', [], { expected: 1 }, false]
  ])('judges %s', (_, seen, options, passes) => {
    expect(check('0.0', seen, options).passed).toBe(passes);
  });

  it('says the value seen, the value expected and the hint', () => {
    const text = check('2.1', 0.9, { expected: 0.8047, hint: 'Is W the ring?' }).toString();
    expect(text).toBe('✗ 2.1  seen 0.9, expected 0.8047\n  Hint: Is W the ring?');
  });

  it('keeps markup in a hint harmless', () => {
    const result = check('2.1', 1, { expected: 2, hint: '<img src=x>' });
    const show = Reflect.get(result, display) as () => Record<string, string>;
    expect(show.call(result)['text/html']).not.toContain('<img');
  });

  it.each([[{}], [{ expected: 1, below: 2 }]])('refuses the ambiguous comparison %j', options => {
    expect(() => check('1', 1, options)).toThrow(/exactly one of/);
  });
});
