import { expect, it } from 'vitest';

import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';

const compiler = new CellCompiler({ cwd: process.cwd() });

/** Compiles cells one after the other; what is said of the last one. */
function errorsOf(...cells: string[]): string {
  compiler.dropAll('engines');
  const results = cells.map(cell => compiler.compile('engines', cell, 'cell', [0, 1]));
  const last = results[results.length - 1];
  return last.status === 'error' ? last.error.traceback.join('\n') : '';
}

const create = "let x = Float64Array.of(1, 2); await winCreate(x, 'x', { zeroInit: true });";

it.each([
  ['x = await winUpdate("x")'],
  ['x = x - 0.5 * (await winUpdateThenCollect<Vector>("x"))'],
  ['await winPut(2 * x, "x", { selfWeight: 0.5, dstWeights: { 1: 0.5 }, requireMutex: true })'],
  [
    'const done = await winMutex("x", { forSelf: true }, async () => winUpdate<Vector>("x")); done.length'
  ],
  ['{ await using mutex = await winMutex("x"); }'],
  ['const mutex = await winMutex("x", { ranks: [0] }); await mutex.release()'],
  ['const versions: number[] = Object.values(await winVersion("x"))'],
  ['const z: number = (await winAssociatedP("x")) + getCurrentCreatedWindowNames().length']
])('a cell may say %s', cell => {
  expect(errorsOf(create, cell)).toBe('');
});

it.each([
  ['await winPut(x)', 'Expected 2-3 arguments'],
  ['await winPut(x, "x", { weights: 1 })', "'weights' does not exist"],
  ['await winCreate("text", "x")', 'not assignable']
])('a cell may not say %s', (cell, words) => {
  expect(errorsOf(create, cell)).toContain(words);
});
