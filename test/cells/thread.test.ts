/** The compiler in its thread, as the kernel uses it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { filesIn, root } from '../helpers/project.js';
import type { CompilerThread } from '../../kernel-runtime/src/cells/compiler/thread.js';
import type { CompileResult } from '../../kernel-runtime/src/cells/compiler/types.js';

const built = new URL('../../kernel-runtime/dist/cells/compiler/thread.js', import.meta.url);
const { CompilerThread: Thread } = (await import(fileURLToPath(built))) as {
  CompilerThread: typeof CompilerThread;
};
const thread = new Thread({ cwd: process.cwd() });
afterAll(() => thread.close());

describe('the compiler thread', () => {
  it('answers calls in order, each in the scope that the earlier ones left', async () => {
    const [first, second, completion, hover, whole] = await Promise.all([
      thread.compile('client', 'let gamma = 0.1', 'cell 1'),
      thread.compile('client', 'gamma = "a"', 'cell 2'),
      thread.complete('client', 'gam', 3),
      thread.inspect('client', 'gamma', 2),
      thread.isComplete('f(')
    ]);
    expect(first.status).toBe('ok');
    expect(second).toMatchObject({ status: 'error', error: { name: 'TypeScriptError' } });
    expect(completion.matches).toContain('gamma');
    expect(hover?.text).toContain('let gamma: number');
    expect(whole.status).toBe('incomplete');
  });

  it('declares and drops names', async () => {
    await thread.declare('engines', { pushed: 'number' });
    expect((await thread.compile('engines', 'pushed + 1', 'cell 3')).status).toBe('ok');
    await thread.dropAll('engines');
    expect((await thread.compile('engines', 'pushed + 1', 'cell 4')).status).toBe('error');
  });

  it('compiles a repeated cell to the same, under its new name', async () => {
    const compile = (name: string) => thread.compile('client', 'Math.max(1, 2) + 1', name);
    const [first, second] = [await compile('cell 10'), await compile('cell 11')];
    const { cell } = first as Extract<CompileResult, { status: 'ok' }>;
    expect(second).toMatchObject({ status: 'ok', cell: { ...cell, name: 'cell 11' } });
  });

  it.each([
    ['a cell', () => thread.compile('client', 'let repeated = "text"', 'cell')],
    [
      'a cell on its way',
      () => void thread.compile('client', 'let repeated = "text"', 'cell').catch(() => undefined)
    ],
    ['a push', () => thread.declare('client', { repeated: 'string' })],
    ['the end of the process', () => thread.dropAll('client')],
    [
      'an import',
      () => thread.compile('client', 'import { existsSync as repeated } from "node:fs"', 'cell')
    ]
  ])('compiles a cell again after a name was changed by %s', async (_, change) => {
    const repeated = 'repeated.toFixed(2)';
    await thread.compile('client', 'let repeated = 1', 'cell');
    for (let k = 0; k < 2; k++)
      expect(await thread.compile('client', repeated, 'cell')).toMatchObject({ status: 'ok' });
    await change();
    expect(await thread.compile('client', repeated, 'cell')).toMatchObject({ status: 'error' });
  });

  it('keeps the repeated cells of engines apart by their ranks', async () => {
    await thread.compile('engines', 'let here = 1', 'cell', [0, 1]);
    for (let k = 0; k < 2; k++) {
      const [all, others] = [
        await thread.compile('engines', 'here.toFixed()', 'cell', [0, 1]),
        await thread.compile('engines', 'here.toFixed()', 'cell', [1, 2])
      ];
      expect([all.status, others.status]).toEqual(['ok', 'error']);
    }
  });

  it('rejects what is under way when it is closed', async () => {
    const other = new Thread({ cwd: process.cwd() });
    const call = other.compile('client', '1', 'cell 1');
    await other.close();
    await expect(call).rejects.toThrow('The compiler has ended.');
  });
});

describe('The sources', () => {
  it('load the compiler by its one quick way', () => {
    const files = filesIn('kernel-runtime/src', ['.ts']);
    const direct = files.filter(path =>
      /(from|import\(|require\()\s*'tsover'/.test(readFileSync(join(root, path), 'utf8'))
    );
    expect(direct).toEqual([]);
  });
});
