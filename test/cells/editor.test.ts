/** What an editor gives: completion, hover, signatures and error positions, in and around operator expressions. */
import { describe, expect, it } from 'vitest';

import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';

const compiler = new CellCompiler({ cwd: process.cwd() });
compiler.compile(
  'client',
  `let x = Float64Array.of(1, 2), gamma = 0.1, n = 3;
const A = Matrix.from([[1, 2], [3, 4]]);
const state = {
  /** The iterate. */
  x,
  step(k: number): Float64Array { return k * x }
};
/**
 * The gradient.
 * @param y where
 */
function grad(y: Float64Array) { return 2 * y }
class Descent {
  /** The iterate. */
  at = x;
  #g = x;
  go() { this.#g -= gamma * this.at; return this; }
}
/** Averages. */
const W = async (y: Float64Array, rounds = 1) => y;`,
  'cell'
);

/** The text without its mark, and where the mark was. */
function marked(text: string): [string, number] {
  return [text.replace('|', ''), text.indexOf('|')];
}

describe('Completion', () => {
  it.each([
    ['after an operator', 'x - gam|', 'gamma'],
    ['of what an operation gives', '(x - gamma * grad(x)).sub|', 'subarray'],
    ['of what a minus gives', '(-x).sub|', 'subarray'],
    ['of a matrix product', '(A * x).sub|', 'subarray'],
    ['of what an awaited expression gives', '(await W(x - gamma * x)).sub|', 'subarray'],
    ['after an await in an operation', 'x = await W(x - gamma * gra|', 'grad'],
    ['in a template', '`${x - gamma * gra|}`', 'grad'],
    ['in the body of an arrow', 'const f = (y: Float64Array) => (x - y).sub|', 'subarray'],
    [
      'in a nested function',
      'function f() { return () => { const z = x - x; z.sub| } }',
      'subarray'
    ],
    ['after a compound assignment', 'x -= gamma * state.|', 'step'],
    ['of a member', 'new Descent().|', 'at'],
    ['of a global of Node', 'proc|', 'process'],
    ['of members of a global of Node', 'process.memoryU|', 'memoryUsage'],
    ['of a module', "import { readFileS|} from 'node:fs'", 'readFileSync'],
    ['of an option', 'symmetricExponentialGraph(8, { ba| })', 'base']
  ])('%s: `%s`', (_where, text, expected) => {
    expect(compiler.complete('client', ...marked(text)).matches).toContain(expected);
  });
});

describe('Hover', () => {
  it.each([
    ['a library name', 'Matrix.fr|om', 'A matrix from nested rows'],
    ['a function of an earlier cell', 'gra|d(x)', 'The gradient.\n\n*@param* y where'],
    [
      'a member of an object',
      'state.|x',
      '(property) x: Float64Array<ArrayBuffer>\n```\n\nThe iterate.'
    ],
    ['a field of a class', 'new Descent().a|t', 'The iterate.'],
    ['a name of Node', 'setTime|out(() => 1)', 'Schedules'],
    ['a name of the language', 'Math.h|ypot', 'square root of the sum of squares'],
    ['an operand', 'x - gam|ma * x', 'let gamma: number'],
    ['what is under a minus', 'const d = -|x', 'let x: Float64Array<ArrayBuffer>'],
    ['a variable of an operation', 'const |d = A * x - x', 'const d: Float64Array<ArrayBuffer>'],
    [
      'an operator',
      'x - gamma |* x',
      'number * Float64Array<ArrayBuffer>: Float64Array<ArrayBuffer>'
    ],
    ['an operator on numbers', 'n *| 2', 'number * 2: number'],
    [
      'a compound assignment',
      'x -|= gamma * x',
      'Float64Array<ArrayBuffer> -= Float64Array<ArrayBuffer>: Float64Array<ArrayBuffer>'
    ]
  ])('tells about %s: `%s`', (_what, text, expected) => {
    expect(compiler.inspect('client', ...marked(text))?.text).toContain(expected);
  });
});

describe('Inside the parentheses of a call', () => {
  it.each([
    [
      'the first parameter',
      'grad(|',
      ['grad(y: Float64Array): Float64Array', '**y: Float64Array** where', 'The gradient.']
    ],
    [
      'the next one',
      'W(x, |)',
      ['W(y: Float64Array, rounds?: number)', '**rounds?: number**', 'Averages.']
    ],
    ['those of a library function', 'dot(x, |)', ['dot(', '**b: Vector']],
    ['those of a constructor', 'new Map(|)', ['Map(', 'more form']],
    ['those of a method', 'state.step(|)', ['step(k: number)', '**k: number**']],
    [
      'those around an argument',
      'grad(x - gam|ma * x)',
      ['let gamma: number', '**y: Float64Array** where']
    ]
  ])('hover shows %s: `%s`', (_what, text, expected) => {
    const shown = compiler.inspect('client', ...marked(text))?.text ?? '';
    for (const part of expected) expect(shown).toContain(part);
  });
});

describe('An error stands at its place', () => {
  it.each([
    ['in an operation', 'const y = x - gamma * "a"', '1:23'],
    ['after an await', 'const y = x - (await W(x)) * true', '1:30'],
    ['of a forgotten await', 'x = x - gamma * W(x)', '1:17'],
    ['in a nested function', 'function f() {\n  return () => x - {};\n}', '2:20'],
    ['in a template', '`${x * true}`', '1:8'],
    ['in the body of an arrow', 'const f = (y: Float64Array) => y - x * null', '1:40'],
    ['in a compound assignment', 'x -= gamma * "a"', '1:14'],
    ['of a compound assignment', 'n -= x', '1:1'],
    ['behind a minus', 'const z = -x + undefined', '1:16'],
    ['of a comparison', 'if (x == 3) 1', '1:5'],
    ['of a comparison of sizes', 'if (x < 3) 1', '1:5'],
    ['of what an operation gives', '(x - x).nothing', '1:9'],
    ['of an argument', 'grad(gamma * n)', '1:6'],
    ['of a plus in front of a vector', 'const z = +x', '1:11'],
    ['of a step of a vector', 'x++', '1:1'],
    ['of a power of a vector', 'x ** 2', '1:1']
  ])('%s: `%s`', (_where, source, place) => {
    const compiled = compiler.compile('client', source, 'cell');
    const text = compiled.status === 'error' ? compiled.error.traceback[0] : 'compiled';
    expect(text).toMatch(new RegExp(`^cell:${place} - error`));
  });
});

describe('A minus in front of a vector', () => {
  it.each([
    ['-x', '$operator("star", -1, x);'],
    ['- -x', '$operator("star", -1, $operator("star", -1, x));'],
    [
      '-(x - -A * x)',
      '$operator("star", -1, ($operator("minus", x, $operator("star", $operator("star", -1, A), x))));'
    ],
    ['-n', '\n-n'],
    ['-x[0]', '\n-x[0]'],
    ['-1 * x', '$operator("star", -1, x);']
  ])('`%s` becomes `%s`', (source, expected) => {
    const compiled = compiler.compile('client', source, 'cell');
    expect(compiled).toMatchObject({ status: 'ok' });
    if (compiled.status === 'ok') expect(compiled.cell.js).toContain(expected);
  });
});
