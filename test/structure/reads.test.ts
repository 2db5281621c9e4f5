/** Tensors are read by `await t.data()` everywhere, since those on a GPU can only be waited for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, root } from '../helpers/project.js';

/** A read that cannot wait. */
const SYNCHRONOUS = /\.(dataSync|arraySync|readSync|bytesSync)\s*\(/;

/** What shows a value that cannot be waited for, and says so; what refuses such reads; tensors of PyTorch, which wait. */
const ALLOWED = [
  'kernel-runtime/src/cells/executor/values.ts',
  'kernel-runtime/src/mathematics/tensor/backends/webgpu.ts',
  'kernel-runtime/src/mathematics/tensor/torch/'
];

const FILES = [
  ...filesIn('kernel-runtime/src', ['.ts']),
  ...filesIn('tutorials', ['.ipynb', '.ts']),
  ...filesIn('notebooks', ['.ipynb', '.ts'])
].filter(path => !ALLOWED.some(allowed => path.startsWith(allowed)));

/** The lines of a file that read a tensor without waiting; its comments aside. */
function synchronousReads(text: string): string[] {
  return text.split('\n').filter(line => SYNCHRONOUS.test(line.replace(/\/\/.*|^\s*\*.*/, '')));
}

describe('The library, the lessons and the experiments', () => {
  it('wait for the values of tensors', () => {
    const found = FILES.flatMap(path =>
      synchronousReads(readFileSync(join(root, path), 'utf8')).map(line => `${path}: ${line}`)
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['const x = t.dataSync()[0];', 1],
    ['"tf.norm(x).arraySync ()"', 1],
    ['const x = await t.data();', 0],
    ['// t.dataSync() cannot wait', 0]
  ])('are searched rightly: %s', (line, count) => {
    expect(synchronousReads(line)).toHaveLength(count);
  });
});
