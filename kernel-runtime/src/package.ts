/** This package on disk: its folder, its version, and the programs that the build makes of it (bin/programs.mjs). */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { userCacheFolder } from './platform.js';

/** The folder of this package: the nearest one above this code with a package.json. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

/** What is built of the sources. */
export const builtFolder = join(packageRoot, 'dist');

/** The version of this package. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/**
 * The folder of a backend's native parts: in the checkout's `.venv`, beside the Python packages that they are linked with,
 * or in the user's cache where DecentLab was installed from a registry. DECENTLAB_NATIVE names another place.
 */
export function nativeFolder(backend: string): string {
  const chosen = process.env['DECENTLAB_NATIVE'];
  if (chosen) return join(chosen, backend);
  const root = dirname(packageRoot);
  return existsSync(join(root, 'extension'))
    ? join(root, '.venv', 'decentlab', backend)
    : join(userCacheFolder(), 'decentlab', backend);
}

/** The file of a program: what a process or a thread of its own begins with, or the library as it is imported. */
export function programFile(name: string): string {
  return join(builtFolder, 'programs', `${name}.js`);
}

/** The same as a URL, for workers and imports. */
export function programUrl(name: string): URL {
  return pathToFileURL(programFile(name));
}

function findPackageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackageRoot(dirname(folder));
}
