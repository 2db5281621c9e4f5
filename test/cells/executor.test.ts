/** Cells run in a real client process: values, one home per name, output, display, errors, imports. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ClientProcess } from './client-process.js';

let client: ClientProcess;
beforeAll(async () => {
  client = await ClientProcess.start();
});
afterAll(() => client.close());

async function errorOf(source: string): Promise<string> {
  const result = await client.run(source);
  if (result.status === 'ok') throw new Error('The cell ran without an error.');
  return result.error.traceback.join('\n').replace(/cell \d+/g, 'cell');
}

describe('a name has one home', () => {
  it.each([
    [
      'reassigned, as functions of earlier cells see it',
      ['let g = .1; function step() { return g }', 'g = .01; [g, step()]'],
      '[ 0.01, 0.01 ]'
    ],
    ['a constant declared twice', ['const c = 1', 'const c = 2; c'], '2'],
    ['a class declared twice', ['class P { x = 1 }', 'class P { x = 2 }', 'new P().x'], '2'],
    ['a function that becomes a constant', ['function f() { return 1 }', 'const f = 2; f'], '2'],
    [
      'a constant that becomes a function',
      ['const h = 1', 'function h() { return 2 }', 'h()'],
      '2'
    ],
    ['a variable that becomes a class', ['let K = 1', 'class K { x = 3 }', 'new K().x'], '3'],
    ['an enum declared twice', ['enum E { A }', 'enum E { B }', 'Object.keys(E).length'], '2'],
    ['var as let', ['var v = 1', 'const v = 4; v'], '4'],
    ['a name of the library', ['const size = 5', 'size'], '5'],
    [
      'a function used before its declaration',
      ['early(); function early() { return 6 }', 'early()'],
      '6'
    ]
  ])('%s', async (_what, cells, expected) => {
    const last = cells.at(-1) ?? '';
    for (const source of cells.slice(0, -1)) expect((await client.run(source)).status).toBe('ok');
    expect(await client.value(last)).toBe(expected);
  });
});

describe('the value of a cell', () => {
  it.each([
    ['1 + 1', '2'],
    ['1 + 1;', '2'],
    ['await Promise.resolve(3)', '3'],
    ['1; let later = 2', undefined],
    ['for (let i = 0; i < 3; i++) i', undefined],
    ['undefined', undefined],
    ['null', 'null'],
    ['NaN', 'NaN'],
    ['-0', '-0'],
    ['10n', '10n'],
    ['"text"', "'text'"],
    ['Promise.resolve(3)', 'Promise { 3 } – did you forget `await`?'],
    ['Float64Array.of(1, 0.1 + 0.2)', 'Float64Array(2) [1, 0.3]'],
    [
      'new Float64Array(100).fill(2).map((v, i) => (i === 99 ? NaN : v))',
      'Float64Array(100) [2, 2, 2, 2, 2, 2, …]  min 2, max 2, 1 NaN'
    ],
    ['Matrix.from([[1, 2], [3, 4.5]])', 'Matrix(2 × 2)  min 1, max 4.5\n  1    2\n  3  4.5'],
    ['Matrix.from([[1, 2], [3, 4]]) * Float64Array.of(1, 1)', 'Float64Array(2) [3, 7]'],
    [
      'function free(a, b) { return a - 2 * b }\nfree(Float64Array.of(1), Float64Array.of(2))',
      'Float64Array(1) [-3]'
    ],
    [
      'const box = { x: Float64Array.of(1) }; let calls = 0; (() => { calls++; return box })().x -= Float64Array.of(2); [box.x[0], calls]',
      '[ -1, 1 ]'
    ]
  ])('of `%s` is %j', async (source, expected) => {
    expect(await client.value(source)).toBe(expected);
  });
});

describe('output', () => {
  it('keeps the order of both streams, and comes before the result', async () => {
    expect(
      await client.printed("console.log('a'); console.error('b'); process.stdout.write('c')")
    ).toBe('a\nb\nc');
  });

  it('sends 20,000 lines in few messages', async () => {
    const [before, began] = [client.outputs.length, performance.now()];
    await client.run('for (let i = 0; i < 20000; i++) console.log(i)');
    const sent = client.outputs.slice(before);
    // Ten at once, then 25 a second.
    const most = 10 + (25 * (performance.now() - began)) / 1000;
    expect(sent.length).toBeLessThanOrEqual(most + 1);
    const text = sent.map(({ output }) => (output.type === 'stream' ? output.text : '')).join('');
    expect(text.split('\n').slice(0, -1).map(Number)).toEqual(
      Array.from({ length: 20000 }, (_, i) => i)
    );
  });

  it('gives a late print to the cell that started it', async () => {
    const late = client.next(({ output }) => output?.type === 'stream' && output.text === 'late\n');
    const first = client.start("setTimeout(() => console.log('late'), 30); 0");
    await first.result;
    await client.run('await new Promise(r => setTimeout(r, 60))');
    expect((await late).id).toBe(first.id);
  });

  it.each([
    [
      'an error in a timer',
      "setTimeout(() => { throw new Error('stray') }, 1); await new Promise(r => setTimeout(r, 20))",
      'Uncaught: Error: stray'
    ],
    [
      'a rejection nobody handles',
      "void Promise.reject(new Error('lost')); await new Promise(r => setTimeout(r, 20))",
      'Unhandled rejection: Error: lost'
    ]
  ])('tells %s, and the process lives', async (_what, source, expected) => {
    expect(await client.printed(source)).toContain(expected);
    expect(await client.value('1')).toBe('1');
  });
});

describe('display', () => {
  it.each([
    ['html`<b>${"<"}</b>`', { 'text/html': '<b>&#60;</b>' }],
    ['html`<i>${html`<b>x</b>`}</i>`', { 'text/html': '<i><b>x</b></i>' }],
    ['md`# ${"*"}`', { 'text/markdown': '# *' }],
    ['svg`<svg/>`', { 'image/svg+xml': '<svg/>' }],
    ["({ 'application/json': { a: 1 } })", { 'application/json': { a: 1 } }],
    [
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': 'now' }) })",
      { 'text/html': 'now' }
    ],
    [
      "({ async [Symbol.for('Jupyter.display')]() { return { 'text/html': 'soon' } } })",
      { 'text/html': 'soon' }
    ]
  ])('of `%s`, as value and by display()', async (source, expected) => {
    const result = await client.run(source);
    expect(result.status === 'ok' && result.data).toMatchObject(expected);
    const shown = client.next(({ output }) => output?.type === 'display');
    await client.run(`display(${source}); 0`);
    expect((await shown).output).toMatchObject({ type: 'display', data: expected });
  });

  it.each([
    ['a function', "({ 'text/html': () => 1 })", 'text/html is not shown'],
    [
      'a circle',
      "const o: any = {}; ({ 'application/json': o.o = o })",
      'application/json is not shown'
    ],
    [
      'a bigint',
      "({ 'application/json': { n: 1n }, 'text/plain': 'one' })",
      /^one\n.*JSON cannot hold/
    ],
    ['too much', "({ 'text/html': 'x'.repeat(3e6) })", /3\.0 MB is not shown.*decentlab-cells-/],
    ['a long text', "({ 'text/plain': 'x'.repeat(3e6) })", /x\n… 2\.0 MB more are left out here/]
  ])('of %s is told in words', async (_, source, expected) => {
    expect(await client.value(source)).toMatch(expected);
  });

  it.each([
    [
      'a getter that throws',
      '({ get shape(): number { throw new Error("no") } })',
      '{ shape: [Getter] }'
    ],
    [
      'a display method that cannot be read',
      "({ get [Symbol.for('Jupyter.display')](): number { throw new Error('no') } }), 1",
      '1'
    ],
    [
      'a proxy whose traps throw',
      'new Proxy({ a: 1 }, { get() { throw new Error("no") }, ownKeys() { throw new Error("no") } })',
      '{ a: 1 }'
    ],
    [
      'a proxy that knows every name',
      'new Proxy({ a: 1 }, { get: () => () => { throw new Error("no") } })',
      '{ a: 1 }'
    ],
    [
      'a proxy that was revoked',
      'const r = Proxy.revocable({}, {}); r.revoke(); r.proxy',
      '<Revoked Proxy>'
    ],
    [
      'a circle',
      'const c: any = { a: 1 }; c.self = c; c',
      '<ref *1> { a: 1, self: [Circular *1] }'
    ],
    [
      'a custom inspection that throws',
      "({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('no') } }).constructor.name",
      "'Object'"
    ]
  ])('shows %s', async (_, source, expected) => {
    expect(await client.value(source)).toBe(expected);
  });

  it.each([
    ['an array of 10 million numbers', 'new Array(1e7).fill(1)', /9999900 more items/],
    [
      'a record of 200,000 keys',
      'Object.fromEntries(Array.from({ length: 2e5 }, (_, i) => [`k${i}`, i]))',
      /199900 more keys/
    ],
    ['a text of 10 MB', '"z".repeat(1e7)', /more characters/],
    [
      '100,000 objects in each other',
      'let inner: any = {}; const outer = inner; for (let i = 0; i < 1e5; i++) inner = inner.x = {}; outer',
      /\[Object\]/
    ]
  ])('shows %s briefly', async (_, source, expected) => {
    const text = String(await client.value(source));
    expect(text).toMatch(expected);
    expect(text.length).toBeLessThan(20_000);
  });

  it('replaces what a handle has shown', async () => {
    const from = client.outputs.length;
    await client.run(
      "const shown = display('one', { displayId: 'd1' }); await new Promise(r => setTimeout(r, 100)); shown.update('two')"
    );
    expect(client.outputs.slice(from).map(({ output }) => output)).toMatchObject([
      { data: { 'text/plain': "'one'" }, displayId: 'd1', update: false },
      { data: { 'text/plain': "'two'" }, displayId: 'd1', update: true }
    ]);
  });
});

describe('errors', () => {
  it.each([
    [
      'in a function',
      'function g(u: any) { return u.y.z }\n\ng({})',
      'at g (cell:1:33)\n    at cell:3:1\n\ncell\n1 | function g'
    ],
    [
      'after an await',
      'await 0;\nthrow new RangeError("far")',
      'RangeError: far\n    at cell:2:7\n\ncell\n2 | throw'
    ],
    [
      'with a cause',
      'throw new Error("outer", { cause: new RangeError("inner") })',
      'Caused by RangeError: inner'
    ],
    ['of several', 'await Promise.any([Promise.reject(new Error("p"))])', '  Error: p'],
    ['that is none', 'throw 5', 'Thrown: 5'],
    [
      'from the library',
      'Matrix.from([[1], [2, 3]])',
      'DecentLabError: Matrix.from, row 1: expected 1 entries'
    ]
  ])('%s are shown with the lines of the cell', async (_what, source, expected) => {
    expect(await errorOf(source)).toContain(expected);
  });

  it('hide the frames that are ours', async () => {
    expect(await errorOf('Matrix.from([[1], [2, 3]])')).not.toMatch(/kernel-runtime|node:|Session/);
  });

  it('carry the code of the error table', async () => {
    const result = await client.run('Matrix.from([[1], [2, 3]])');
    expect(result.status === 'error' && result.error.code).toBe('SHAPE_MISMATCH');
  });
});

describe('imports', () => {
  it.each([
    ['a namespace of Node', "import * as fs from 'node:fs'; typeof fs.readFileSync", "'function'"],
    [
      'a default and a name',
      "import os, { cpus } from 'os'; [typeof os.cpus, typeof cpus]",
      "[ 'function', 'function' ]"
    ],
    ['a package in CommonJS', "import * as mlm from 'ml-matrix'; typeof mlm.Matrix", "'function'"],
    [
      'a package in ESM only',
      "import { resolve } from 'import-meta-resolve'; typeof resolve",
      "'function'"
    ],
    ['the library itself', "import { Matrix as M } from 'decentlab'; M === Matrix", 'true'],
    [
      'TensorFlow.js, with operators',
      "import * as tf from '@tensorflow/tfjs'; 1 - tf.tensor([1, 2]) * 2",
      'Tensor float32 [2] [-1, -3]'
    ],
    ['a module on demand', "const o = await import('os'); typeof o.cpus", "'function'"]
  ])('%s', async (_what, source, expected) => {
    expect(await client.value(source)).toBe(expected);
  });
});

describe('input()', () => {
  it('asks the kernel, and resolves with its answer', async () => {
    const asked = client.next(message => message.type === 'request');
    const { result } = client.start("const answer = await input('Name? '); answer");
    const { id, message } = (await asked) as unknown as { id: number; message: unknown };
    expect(message).toMatchObject({ type: 'input', prompt: 'Name? ', password: false });
    client.child.send({ type: 'reply', id, value: 'Ada' });
    expect(await result).toMatchObject({ data: { 'text/plain': "'Ada'" } });
  });
});

describe('After TensorFlow.js is loaded', () => {
  it.each([
    ['a rejection that nobody awaits', "Promise.reject(new Error('dropped'));", /dropped/],
    ['an error in a timer', "setTimeout(() => { throw new Error('late'); });", /late/]
  ])('%s is still a message and not the end of the process', async (_, source, text) => {
    const other = await ClientProcess.start();
    const loading = other.start("import * as tf from '@tensorflow/tfjs'; tf.getBackend()");
    expect(await loading.result).toMatchObject({ data: { 'text/plain': "'wasm'" } });
    const heard = other.next(({ output }) => output?.type === 'stream' && text.test(output.text));
    await other.start(`${source} 1`).result;
    await heard;
    expect(await other.start('2').result).toMatchObject({ data: { 'text/plain': '2' } });
    await other.close();
  });
});

describe('process.exit()', () => {
  it('ends the client process only', async () => {
    const other = await ClientProcess.start();
    const ended = new Promise(resolve => other.child.once('exit', resolve));
    const heard = other.next(({ output }) => output?.type === 'stream' && output.text === 'bye\n');
    const { result } = other.start("console.log('hello'); console.log('bye'); process.exit(3)");
    await heard;
    await expect(result).rejects.toThrow('has ended');
    expect(await ended).toBe(3);
  });
});
