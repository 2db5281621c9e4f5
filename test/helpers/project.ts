/** Where the project's files are, for tests that look at the whole of it. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the root package.json. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const SKIPPED = new Set(['node_modules', 'dist', 'lib', '.ipynb_checkpoints']);

/** All files below `folder` (relative to the root) with one of the endings, as paths with `/` relative to the root. */
export function filesIn(folder: string, endings: readonly string[]): string[] {
  const absolute = join(root, folder);
  // A folder that is still empty is not in the repository.
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesIn(path, endings);
    return endings.some(ending => entry.name.endsWith(ending)) ? [path] : [];
  });
}

/** A path relative to the root, with `/` on every system. */
export function fromRoot(path: string): string {
  return relative(root, path).split(sep).join('/');
}
