/** What a beginner writes, and the sentence that leads on. */
import { expect, it } from 'vitest';

import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';
import type { Scope } from '../../kernel-runtime/src/cells/compiler/types.js';

const compiler = new CellCompiler({ cwd: process.cwd() });
for (const [scope, source] of [
  ['engines', 'let x = zeros(3); const gamma = 0.1;'],
  ['client', 'const gammas = [0.1], promised = Promise.resolve([1]), A = identity(2);']
] as const)
  compiler.compile(scope, source, 'cell');
compiler.declare('client', { result: "import('decentlab').AsyncResult<number[]>" });

function errorOf(scope: Scope, source: string): string {
  const result = compiler.compile(scope, source, 'cell');
  return result.status === 'error' ? result.error.message : 'no error';
}

it.each<[string, Scope, string, string | RegExp]>([
  [
    'lives on the engines is said to, once',
    'client',
    'x = 2 * x',
    "'x' lives on the engines, not in the notebook. Begin the cell with %%px to use it there, or fetch it: `await cluster.pull('x')`."
  ],
  [
    'lives on the engines cannot be pushed',
    'client',
    'const record = { x }',
    /^'x' lives on the engines/
  ],
  [
    'lives in the notebook is said to, whatever it resembles',
    'engines',
    'for (const g of gammas) console.log(g)',
    "'gammas' lives in the notebook, not on the engines. Send it in a cell of its own: `await cluster.push({ gammas })`, or define it in a %%px cell."
  ],
  [
    'lives nowhere keeps the guess of the compiler',
    'client',
    'gamas',
    "Cannot find name 'gamas'. Did you mean 'gammas'?"
  ],
  [
    "is Python's is told in the words used here",
    'client',
    'print(1)',
    "Cannot find name 'print'. Here, `console.log(…)` prints, and the value of the last line is shown by itself."
  ]
])('A name that %s', (_, scope, source, message) => {
  expect(errorOf(scope, source)).toMatch(message);
});

it.each([
  [
    'a promise',
    'promised[0]',
    'promised is a promise, and has no entries yet – did you forget `await`?'
  ],
  [
    'a result of engines',
    'result[0]',
    'result is a promise, and has no entries yet – did you forget `await`?'
  ],
  [
    'a matrix',
    'A[0]',
    'A matrix has no entries in brackets. A.row(i) is a row, A.at(i, j) an entry.'
  ],
  ['an array', '(await promised)[0]', 'no error'],
  ['a vector', 'zeros(3)[0]', 'no error'],
  ['a list of results', '[promised][0]', 'no error']
])('An entry of %s is what it says, and never undefined in silence', (_, source, message) => {
  expect(errorOf('client', source)).toBe(message);
});

it.each([
  ['2 * [1, 2]', "'*' works on vectors, not on number[]. Make it a vector: `vector(1, 2)`."],
  ['gammas - gammas', "'-' works on vectors, not on number[]. Make it a vector: `vector(gammas)`."],
  ['2 * vector(1, 2)', 'no error'],
  ['1 + 1', 'no error']
])('%s is told what a vector is', (source, message) => {
  expect(errorOf('client', source)).toBe(message);
});
