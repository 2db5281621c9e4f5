/** The compiler by itself: what it accepts, refuses, emits and knows about names. */
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';

const compiler = new CellCompiler({ cwd: process.cwd() });
let count = 0;

function compile(source: string): ReturnType<CellCompiler['compile']> {
  return compiler.compile('client', source, `cell ${++count}`);
}

function js(source: string): string {
  const compiled = compile(source);
  if (compiled.status === 'error') throw new Error(compiled.error.traceback.join('\n'));
  return compiled.cell.js
    .replace(/^'use strict';\n/, '')
    .replace(/\$(?:tick|enter)\(\);?\s*/g, '')
    .trim();
}

function traceback(source: string): string {
  const compiled = compile(source);
  if (compiled.status === 'ok')
    throw new Error(`Compiled without a complaint: ${compiled.cell.js}`);
  return compiled.error.traceback.join('\n').replaceAll(`cell ${count}:`, 'cell:');
}

js('let gamma = 0.1;\n/** The gossip step. */\nconst W = (x: Float64Array) => 0.5 * x;');
js(
  'let x = Float64Array.of(1, 2), previous = x; let n = 3; let anything: any = x; const state = { x };'
);
js('const A = Matrix.from([[1, 2], [3, 4]]);');

describe('operators', () => {
  it.each([
    ['x - gamma * x', '$operator("minus", x, $operator("star", gamma, x));'],
    ['W(x) + 2', '$operator("plus", W(x), 2);'],
    ['A * x', '$operator("star", A, x);'],
    ['n * 2 + 1', 'n * 2 + 1'],
    ['"a" + n', '"a" + n'],
    ['anything * 2', '$operator("star", anything, 2);'],
    ['x -= gamma * x', 'x = $operator("minus", x, $operator("star", gamma, x));'],
    ['state.x -= x', '$compound("minus", state, "x", x);'],
    ['n += 1', 'n += 1'],
    ['`${x}` + 1', '`${x}` + 1']
  ])('`%s` becomes `%s`', (source, expected) => {
    expect(js(source)).toBe(expected);
  });
});

describe('type errors', () => {
  it.each([
    [
      'const bad: string = x - x',
      /^cell:1:7 - error TS2322: Type 'Float64Array<ArrayBuffer>' is not assignable/
    ],
    ['\n  gamma = "a"', /^cell:2:3 - error TS2322: [^]*2 \| {3}gamma = "a"\n {6}~~~~~$/],
    [
      'x * true',
      /^cell:1:5 - error TS2362: '\*' cannot combine Float64Array<ArrayBuffer> with true\.\n\n1 \| x \* true\n {8}~~~~$/
    ],
    ['const p: number = Promise.resolve(3)', /did you forget `await`\?/],
    ['Promise.resolve(1) + 1', /did you forget `await`\?/],
    ['x = Promise.resolve(x)', /^cell:1:1 - error TS2740: .* – did you forget `await`\?$/m],
    ['+x', /A plus in front of Float64Array<ArrayBuffer> gives NaN\. Write x\./],
    [
      'loadTensorflow(); 1',
      /^cell:1:1 - error: The result of loadTensorflow\(…\) is dropped .* did you forget `await`\?/
    ],
    ['1 +', /^cell:1:4 - error TS1109: Expression expected/],
    ['import nothing from "no-such-package"', /TS2307: Cannot find module 'no-such-package'/]
  ])('%j is refused in the words of %s', (source, expected) => {
    expect(traceback(source)).toMatch(expected);
  });

  it('leaves no names of a refused cell behind', () => {
    traceback('const refused = 1; const wrong: string = refused;');
    expect(traceback('refused')).toContain("Cannot find name 'refused'");
  });

  it.each([
    ['an untyped parameter', 'function free(a, b = 2) { return a }'],
    ['a list filled later', 'const list = []; list.push(3); list'],
    ['an unused variable', 'function unused() { const q = 1 }'],
    ['a vector from a library function', 'x = add(x, x)'],
    ['a promise dropped on purpose', 'void loadTensorflow(); 1'],
    ['a name of the library', 'const size = 4; size']
  ])('does not ask for more text about %s', (_what, source) => {
    expect(compile(source).status).toBe('ok');
  });

  it('keeps the scopes of client and engines apart', () => {
    js('const onlyHere = 1');
    const result = compiler.compile('engines', 'onlyHere', 'cell e');
    expect(result.status === 'error' && result.error.message).toMatch(
      /^'onlyHere' lives in the notebook/
    );
  });

  it('knows names that were declared from outside', () => {
    compiler.declare('engines', { pushed: 'Float64Array' });
    const result = compiler.compile('engines', '2 * pushed', 'cell e');
    expect(result.status === 'ok' && result.cell.js).toContain('$operator("star", 2, pushed)');
  });

  it('forgets a scope whose process has ended', () => {
    compiler.compile('engines', 'let gone = 1', 'cell e');
    compiler.dropAll('engines');
    expect(compiler.compile('engines', 'gone', 'cell e').status).toBe('error');
  });
});

describe('JavaScript for the REPL mode', () => {
  it.each([
    [
      "import os, { cpus as c, type CpuInfo } from 'os'; c",
      "let { default: os, cpus: c } = await $import('os');\nc;"
    ],
    ["import * as fs from 'fs'", "let fs = await $import('fs');\nvoid 0;"],
    ["import type { Stats } from 'fs'", 'void 0;'],
    ["await import('os')", "$resume(await $import('os'));"],
    ['export const z = 3', 'let z = 3;\nvoid 0;'],
    ['interface V { a: number }', 'void 0;'],
    ['2;;', '2;']
  ])('%j becomes %j', (source, expected) => {
    expect(js(source)).toBe(expected);
  });

  it.each([
    ['1; let after = 2;', '1; let after = 2;\n;void 0;'],
    ['/* as typed */ [ n,\n  ...[2] ] // end', '/* as typed */ [ n,\n  ...[2] ] // end'],
    [
      'const a1 = 1\nconst b1 = 2, c1 = "const"',
      'let   a1 = 1\nlet   b1 = 2, c1 = "const"\n;void 0;'
    ],
    [
      'new Map([[n?.toFixed(1), html`<b>${n}</b>`]])',
      'new Map([[n?.toFixed(1), html`<b>${n}</b>`]])'
    ],
    ['', ';void 0;']
  ])('leaves %j as it is typed', (source, expected) => {
    const compiled = compile(source);
    expect(compiled).toMatchObject({ status: 'ok', cell: { map: '' } });
    expect(js(source)).toBe(expected);
  });

  it.each([
    ['let typed: number = 1', 'let typed = 1;\nvoid 0;'],
    ['(n as number)', 'n;'],
    ['var twice = 1; var twice = 2', 'let twice = 1;\n{\n    twice = 2;\n}\nvoid 0;'],
    // In a script, `<!--` begins a comment.
    ['anything<!--anything', 'anything < !--anything;'],
    ['Shade.Dark', '4 /* Shade.Dark */;'],
    ["1; 'use tsover'", '1;']
  ])('prints %j anew', (source, expected) => {
    compile('const enum Shade { Dark = 4 }');
    expect(js(source)).toBe(expected);
    expect(compile(source)).not.toMatchObject({ cell: { map: '' } });
  });

  it.each(['while (true) {}', 'for (;;) 1', 'do {} while (true)', 'for (const a of [1]) a'])(
    'looks for a Stop in `%s`',
    source => {
      const compiled = compile(source);
      expect(compiled.status === 'ok' && compiled.cell.js).toContain('$tick()');
    }
  );

  it.each(['function f() {}', '() => W(x)'])(
    'looks for a Stop at the beginning of `%s`',
    source => {
      const compiled = compile(source);
      expect(compiled.status === 'ok' && compiled.cell.js).toContain('$enter()');
    }
  );

  it('looks for a Stop after an await', () => {
    const compiled = compile('await W(x)');
    expect(compiled.status === 'ok' && compiled.cell.js).toContain('$resume(await W(x))');
  });

  it('leaves an arrow that calls nothing as it is', () => {
    const compiled = compile('[1].map(q => q * 2)');
    expect(compiled.status === 'ok' && compiled.cell.js).not.toContain('$enter()');
  });
});

describe('names at the cursor', () => {
  it.each([
    ['gam', ['gamma']],
    ['A.ro', ['row', 'rows']],
    ['previ', ['previous']],
    ['Matr', ['Matrix']]
  ])('completes `%s` to %j', (source, expected) => {
    const { matches, start, end } = compiler.complete('client', source, source.length);
    expect(matches).toEqual(expect.arrayContaining(expected));
    expect(matches.every(name => name.startsWith(source.slice(start, end)))).toBe(true);
  });

  it.each([
    ['W(x)', 1, ['const W: (x: Float64Array', 'The gossip step.']],
    ['gamma', 5, ['let gamma: number']],
    ['Matrix.from', 9, ['A matrix from nested rows']]
  ])('tells about `%s`', (source, cursor, expected) => {
    const text = compiler.inspect('client', source, cursor)?.text ?? '';
    for (const part of expected) expect(text).toContain(part);
  });

  it('has nothing to tell about empty space', () => {
    expect(compiler.inspect('client', '  ', 1)).toBeNull();
  });
});

describe('the library', () => {
  it('is known to cells by all its names, without an import', async () => {
    const index = new URL('../../kernel-runtime/dist/programs/index.js', import.meta.url);
    const names = Object.keys((await import(fileURLToPath(index))) as object);
    expect(names).toContain('Matrix');
    const fresh = compiler.compile('engines', `void [${names.join(', ')}]`, 'cell');
    expect(fresh).toMatchObject({ status: 'ok' });
  });
});

describe('completeness', () => {
  it.each([
    ['1', 'complete', ''],
    ['await f()', 'complete', ''],
    ['function f() {', 'incomplete', '  '],
    ['const a = {\n  b: [', 'incomplete', '    '],
    ['`abc', 'incomplete', ''],
    ['1 +', 'incomplete', ''],
    ['/* abc', 'incomplete', ''],
    ['let = 3 3', 'invalid', ''],
    ['"abc', 'invalid', '']
  ])('%j is %s', (source, status, indent) => {
    expect(compiler.isComplete(source)).toEqual({ status, indent });
  });
});

describe('long sessions', () => {
  it('compiles the 300th cell as fast as the first ones', () => {
    const time = (i: number): number => {
      const before = performance.now();
      compile(
        `function step${i % 7}(k: number) { let s = 0; for (let j = 0; j < k; j++) s += j * gamma; return s }\nstep${i % 7}(3)`
      );
      return performance.now() - before;
    };
    const times = Array.from({ length: 300 }, (_, i) => time(i));
    const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
    expect(median(times.slice(250))).toBeLessThan(5 * median(times.slice(10, 60)) + 2);
  });
});
