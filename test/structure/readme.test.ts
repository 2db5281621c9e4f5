/** The README points at files that exist, and follows one cell through every wing. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../helpers/project.js';

const text = readFileSync(join(root, 'README.md'), 'utf8');
const targets = [...text.matchAll(/\]\(([^)#\s]+)\)/g)].map(match => match[1]);
const files = targets.filter(target => !/^[a-z]+:/.test(target));

function missing(paths: readonly string[]): string[] {
  return paths.filter(path => !existsSync(join(root, path)));
}

describe('the README', () => {
  it('links only to files that exist', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(missing(files)).toEqual([]);
  });

  it('would be told of a file that has moved', () => {
    expect(missing(['README.md', 'kernel-runtime/src/no-such-file.ts'])).toHaveLength(1);
  });

  it.each([
    'jupyter/kernel',
    'cells/compiler',
    'cluster/client',
    'cluster/controller',
    'cluster/engine',
    'mathematics/optim',
    'cluster/collectives',
    'cluster/net',
    'laboratory/plot'
  ])('leads a newcomer through %s', folder => {
    expect(files.some(file => file.startsWith(`kernel-runtime/src/${folder}/`))).toBe(true);
  });
});
