/** Errors of running cells: in the cell's own lines wherever they are thrown, without our frames. */
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

describe('An error', () => {
  it.each([
    [
      'in asynchronous functions',
      'async function far() {\n  await 0;\n  throw new Error("far");\n}\nasync function near() {\n  await far();\n}\nawait near()',
      'Error: far\n    at far (cell:3:9)\n    at async near (cell:6:3)\n    at cell:8:1\n\ncell\n3 |   throw new Error("far");\n            ^'
    ],
    [
      'in a cell that runs as it is typed',
      'const texts = ["1", "["];\n\n  JSON.parse(texts[1])',
      '    at cell:3:8\n\ncell\n3 |   JSON.parse(texts[1])\n           ^'
    ],
    [
      'in a chain of promises',
      'await Promise.resolve(1)\n  .then(v => {\n    throw new TypeError("chain");\n  })',
      'TypeError: chain\n    at cell:3:11\n    at cell:1:1'
    ],
    [
      'in one of several promises',
      'await Promise.all([1, 2].map(async v => {\n  await 0;\n  if (v > 1) throw new Error("all");\n}))',
      'Error: all\n    at cell:3:20\n'
    ],
    [
      'in a method',
      'class A {\n  constructor(readonly x: any) { this.go(); }\n  go() { return this.x.y.z }\n}\nnew A({})',
      '    at A.go (cell:3:26)\n    at new A (cell:2:39)\n    at cell:5:1\n'
    ],
    [
      'in a static block',
      'class B {\n  static s = (() => { throw new Error("static") })();\n}',
      'Error: static\n    at cell:2:29\n'
    ],
    [
      'in a generator',
      'function* g() {\n  yield 1;\n  throw new Error("generator");\n}\n[...g()]',
      '    at g (cell:3:9)\n    at cell:5:5\n'
    ],
    [
      'in a listener',
      'import { EventEmitter } from "node:events";\nconst em = new EventEmitter();\nem.on("x", () => {\n  throw new Error("listener");\n});\nem.emit("x")',
      '(cell:4:9)\n    at cell:6:4\n'
    ],
    [
      'of an operator',
      'let v = Float64Array.of(1);\n\nconst w = v - Float64Array.of(1, 2)',
      '    at cell:3:8\n\ncell\n3 | const w'
    ],
    [
      'of the system',
      'import { readFileSync } from "node:fs";\nreadFileSync("/no/such")',
      '    at cell:2:1\n'
    ],
    ['of the language', '\nJSON.parse("{")', '    at cell:2:6\n'],
    [
      'in made code',
      'new Function("return nothing")()',
      'nothing is not defined\n    at cell:1:31\n'
    ],
    ['without a stack', 'const e = new Error("bare"); e.stack = undefined; throw e', 'Error: bare'],
    [
      'of a kind of its own',
      'class Mine extends Error { override name = "Mine" }\nthrow new Mine("own")',
      'Mine: own\n    at cell:2:7\n'
    ],
    [
      'of the web',
      'throw new DOMException("dom", "AbortError")',
      'AbortError: dom\n    at cell:1:7\n'
    ],
    [
      'that is thrown again',
      'let kept: unknown;\ntry { throw new Error("once") } catch (e) { kept = e }\nthrow kept',
      '    at cell:2:13\n'
    ]
  ])('%s has the lines of its cell', async (_where, source, expected) => {
    const text = await errorOf(source);
    expect(text).toContain(expected);
    expect(text).not.toMatch(/kernel-runtime|node:|decentlab-cell|Session|<anonymous>\)/);
  });

  it.each([
    [
      'a record',
      '\nthrow { a: 1 }',
      'Thrown: { a: 1 }\n    at cell:2:1\n\ncell\n2 | throw { a: 1 }\n    ^'
    ],
    [
      'a text in a function',
      'const f = () => {\n  throw "text";\n};\nf()',
      "Thrown: 'text'\n    at f (cell:2:3)\n    at cell:4:1\n"
    ],
    ['null', 'throw null', 'Thrown: null\n    at cell:1:1\n'],
    ['undefined', 'throw undefined', 'Thrown: undefined\n    at cell:1:1\n'],
    ['a symbol', 'throw Symbol("s")', 'Thrown: Symbol(s)\n    at cell:1:1\n']
  ])('may be none: %s', async (_what, source, expected) => {
    expect(await errorOf(source)).toContain(expected);
  });

  it.each([
    [
      'with its cause',
      'try { JSON.parse("{") } catch (cause) {\n  throw new Error("outer", { cause })\n}',
      /^Error: outer\n {4}at cell:2:9\n\nCaused by SyntaxError: .*\n {4}at cell:1:12\n/
    ],
    [
      'with a cause that is none',
      'throw new Error("o", { cause: "text" })',
      /\n\nCaused by Thrown: 'text'\n/
    ],
    [
      'with itself as cause',
      'const c = new Error("c"); c.cause = c; throw c',
      /\n\nCaused by the same error again\n/
    ],
    [
      'of several',
      'throw new AggregateError([new Error("one"), 2], "both")',
      /^AggregateError: both\n.*\n\n {2}Error: one\n {6}at cell:1:27\n\n {2}Thrown: 2\n/
    ]
  ])('is shown %s', async (_how, source, expected) => {
    expect(await errorOf(source)).toMatch(expected);
  });
});

describe('Outside of a running cell', () => {
  const wait = 'await new Promise(r => setTimeout(r, 30))';
  it.each([
    [
      'an error in a timer',
      `setTimeout(() => {\n  throw new Error("stray");\n}, 1); ${wait}`,
      'Uncaught: Error: stray\n    at Timeout._onTimeout (cell:2:9)\n\ncell\n2 |'
    ],
    [
      'a rejection nobody handles',
      `setTimeout(async () => {\n  await 0;\n  throw new Error("lost");\n}, 1); ${wait}`,
      'Unhandled rejection: Error: lost\n    at Timeout._onTimeout (cell:3:9)'
    ],
    [
      'a thrown number',
      `setTimeout(() => {\n  throw 5;\n}, 1); ${wait}`,
      'Thrown: 5\n    at Timeout._onTimeout (cell:2:3)'
    ],
    [
      'an error that is printed',
      'function f() {\n  return new Error("printed");\n}\nconsole.log(f())',
      'Error: printed\n    at f (cell:2:10)\n    at cell:4:13\n'
    ],
    [
      'a printed error with fields',
      'console.log(Object.assign(new Error("more"), { code: 7 }))',
      'Error: more\n    at cell:1:27 {\n  code: 7\n}\n'
    ],
    [
      'a trace',
      'async function f() {\n  await 0;\n  console.trace("%d of", 3, "here");\n}\nawait f()',
      'Trace: 3 of here\n    at f (cell:3:11)\n    at cell:5:1\n'
    ]
  ])('%s has the lines of its cell, too', async (_what, source, expected) => {
    const text = (await client.printed(source)).replace(/cell \d+/g, 'cell');
    expect(text).toContain(expected);
    expect(text).not.toMatch(/kernel-runtime|node:/);
  });
});
