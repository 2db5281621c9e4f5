/** A lesson is stored as JupyterLab would store it: opening it changes nothing, and it carries no outputs of ours. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelInfo } from '../../kernel-runtime/src/jupyter/kernel/kernel-info.js';
import { filesIn, root } from '../helpers/project.js';

interface Notebook {
  readonly metadata: Record<string, unknown>;
  readonly cells: readonly { cell_type: string; outputs?: unknown[] }[];
}

const paths = ['tutorials', 'notebooks'].flatMap(folder => filesIn(folder, ['.ipynb']));
const read = (path: string): Notebook =>
  JSON.parse(readFileSync(join(root, path), 'utf8')) as Notebook;

describe('the notebooks as they are stored', () => {
  it.each(paths)('%s names the language as the kernel does', path => {
    expect(read(path).metadata['language_info']).toEqual(kernelInfo['language_info']);
  });

  it.each(paths)('%s has no outputs', path => {
    const outputs = read(path).cells.flatMap(cell => cell.outputs ?? []);
    expect(outputs).toEqual([]);
  });
});
