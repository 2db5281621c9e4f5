/** Where the type declarations of this package lie, wherever the notebook is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { nativeFolder, packageRoot } from '../../package.js';

/** The folder with the declarations of the public API: the build, or the sources where nothing is built. */
export const libraryFolder = join(
  packageRoot,
  existsSync(join(packageRoot, 'dist', 'index.d.ts')) ? 'dist' : 'src'
);

/** The declarations of the public API. */
export const libraryTypes = join(
  libraryFolder,
  libraryFolder.endsWith('dist') ? 'index.d.ts' : 'index.ts'
);

/** The declarations of `decentlab/torch` with the operators of the installed PyTorch; undefined where it is not set up. */
export function torchTypes(): string | undefined {
  const file = join(nativeFolder('torch'), 'aten.d.ts');
  return existsSync(file) ? file : undefined;
}
