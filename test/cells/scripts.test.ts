/** Scripts on disk in the language of cells: compiled by compileScript, run by loadScript in this process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compileScript } from '../../kernel-runtime/src/cells/compiler/scripts.js';
import {
  loadScript,
  type LoadedScript,
  ScriptFailed
} from '../../kernel-runtime/src/cells/executor/scripts.js';

const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
const index = new URL('../../kernel-runtime/dist/programs/index.js', import.meta.url);
let prelude: Record<string, unknown>;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function load(name: string): Promise<LoadedScript> {
  const compiled = compileScript(join(folder, name));
  if (compiled.status === 'error') throw new Error(compiled.error.traceback.join('\n'));
  return loadScript(compiled.script, { prelude });
}

beforeAll(async () => {
  prelude = (await import(fileURLToPath(index))) as Record<string, unknown>;
  mkdirSync(join(folder, 'sub'));
  write({
    'data.json': '{ "gamma": 0.5 }',
    'descent.ts': `import { type Vector, Matrix } from 'decentlab';
import { half } from './sub/helper';
import data from './data.json';
import { basename } from 'node:path';

interface State { x: Vector }
class Descent {
  #g = Float64Array.of(1, 1);
  constructor(private readonly gamma: number) {}
  step(state: State): State {
    state.x -= this.gamma * this.#g;
    return { x: half(state.x) };
  }
}
export const A = Matrix.from([[1, 0], [0, 1]]) * 3;
export const ready = await Promise.resolve(basename(import.meta.filename));
export const later = async () => (await import('./sub/helper.ts')).half(Float64Array.of(4));
export function fail(state: any): number {
  return state.x.y.z;
}
export default new Descent(data.gamma);
`,
    'sub/helper.ts':
      "import { Vector } from 'decentlab';\nexport const half = (x: Vector) => x / 2;\n",
    'even.ts':
      "import { odd } from './odd.ts';\nexport function even(n: number): boolean { return n === 0 || odd(n - 1) }",
    'odd.ts':
      "import { even } from './even';\nexport const odd = (n: number): boolean => n !== 0 && even(n - 1);",
    'throws.ts': 'const start: any = {};\n\nstart.x.y = 1;\n',
    'wrong.ts': "import { Vector } from 'decentlab';\nexport const f = (x: Vector) => x * true;\n",
    'not-imported.ts':
      "import { Matrix } from 'decentlab';\nexport const f = (A: Matrix, x: Vector) => A * (A * x - 2 * x);\n",
    'imports-wrong.ts': "export * from './wrong';\n",
    'half-written.ts': 'export const f = (x: number) => {\n'
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('A script', () => {
  it('runs with operators, local imports, data and a top-level await', async () => {
    const { exports } = await load('descent.ts');
    const algorithm = exports['default'] as { step(state: object): { x: Float64Array } };
    expect(algorithm.step({ x: Float64Array.of(1, 2) }).x).toEqual(Float64Array.of(0.25, 0.75));
    expect(exports).toMatchObject({ ready: 'descent.ts', A: { rows: 2 } });
    expect(await (exports['later'] as () => Promise<unknown>)()).toEqual(Float64Array.of(2));
  });

  it('shows an error that one of its functions throws later in its own lines', async () => {
    const { exports, describe: show } = await load('descent.ts');
    const fail = exports['fail'] as (state: object) => number;
    let shown: readonly string[] = [];
    try {
      fail({ x: {} });
    } catch (error) {
      shown = show(error).traceback;
    }
    expect(shown.slice(1, 2)).toEqual(['    at fail (descent.ts:19:20)']);
    expect(shown.slice(-2)).toEqual(['19 |   return state.x.y.z;', '                        ^']);
  });

  it('that throws while it loads rejects with the same words', async () => {
    await expect(load('throws.ts')).rejects.toThrow(/at throws\.ts:3:\d+[^]*3 \| start\.x\.y = 1;/);
    await expect(load('throws.ts')).rejects.toBeInstanceOf(ScriptFailed);
  });

  it('may import files that import each other', async () => {
    const { exports } = await load('even.ts');
    expect((exports['even'] as (n: number) => boolean)(7)).toBe(false);
  });

  it.each([
    [
      'a wrong operand',
      'wrong.ts',
      /wrong\.ts:2:37 - error TS2362: '\*' cannot combine Vector with true\.\n\n2 \| .*\n *~~~~$/
    ],
    [
      'a wrong operand in a file that it imports',
      'imports-wrong.ts',
      /^wrong\.ts:2:37 - error TS2362/
    ],
    [
      'a public name that it does not import, and for nothing that follows from it',
      'not-imported.ts',
      /^\S*not-imported\.ts:2:\d+ - error TS2304: Cannot find name 'Vector'\. A file imports it: `import \{ Vector \} from 'decentlab'`\.\n\n2 \| .*\n *~{6}$/
    ],
    ['a missing end', 'half-written.ts', /half-written\.ts:2:1 - error TS1005: '}' expected/],
    ['a name that no file has', 'absent.ts', /There is no TypeScript file .*absent\.ts/],
    ['a folder', 'sub', /There is no TypeScript file .*sub/]
  ])('is refused for %s', (_what, name, expected) => {
    const compiled = compileScript(join(folder, name));
    const text = compiled.status === 'error' ? compiled.error.traceback.join('\n') : 'compiled';
    expect(text).toMatch(expected);
  });
});
