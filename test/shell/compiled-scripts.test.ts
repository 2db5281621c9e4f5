/** Compiled scripts that are kept: used as long as their sources are as they were, and never else. */
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { compileScript } from '../../kernel-runtime/src/cells/compiler/scripts.js';
import {
  keepScript,
  keptScript
} from '../../kernel-runtime/src/shell/commands/compiled-scripts.js';
import { temporaryFolder } from '../helpers/folder.js';

const folder = temporaryFolder();
const [script, helper] = ['script.ts', 'helper.ts'].map(name => join(folder, name));
const cache = process.env['XDG_CACHE_HOME'];
process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
afterAll(() => {
  if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cache;
});

const kept = () => join(folder, 'cache', 'decentlab', 'scripts');
const compile = () => {
  const result = compileScript(script);
  keepScript(script, result);
  return result;
};

beforeEach(() => {
  writeFileSync(helper, 'export const half = 0.5;\n');
  writeFileSync(script, `import { half } from './helper';\nconsole.log(half);\n`);
});

describe('A compiled script', () => {
  it('is kept as it is, local imports included', () => {
    const compiled = compile();
    expect(compiled.status).toBe('ok');
    expect(keptScript(script)).toEqual(compiled);
  });

  it.each<[string, () => void]>([
    ['it has changed', () => writeFileSync(script, 'console.log(1);\n')],
    ['a file that it imports has changed', () => writeFileSync(helper, 'export const half = 2;\n')],
    [
      'it has an error now',
      () => writeFileSync(script, `import { half } from './helper';\nhalf = 'one';\n`)
    ],
    ['what was kept is half-written', () => truncateSync(join(kept(), readdirSync(kept())[0]), 100)]
  ])('is compiled again when %s', (_, change) => {
    compile();
    change();
    expect(keptScript(script)).toBeUndefined();
  });

  it('that has errors is not kept', () => {
    const other = join(folder, 'other.ts');
    writeFileSync(other, `const n: number = 'one';\n`);
    keepScript(other, compileScript(other));
    expect(keptScript(other)).toBeUndefined();
  });
});
