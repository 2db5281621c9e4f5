/** Where things are: the checkout, its virtual environment, and what this package carries. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot, programFile } from '../../package.js';

/** What every step of the set-up works on. */
export interface Place {
  /** The checkout: the folder of the root package.json. */
  readonly root: string;
  /** Receives everything that the commands of the set-up print. */
  readonly logFile: string;
}

/** The built entry point of the kernel. */
export const kernelMain = programFile('kernel');

/** The kernelspec's template and its logos. */
export const kernelspecAssets = join(packageRoot, 'assets', 'kernelspec');

/** What papermill needs to write TypeScript. */
export const papermillAssets = join(packageRoot, 'assets', 'papermill');

/** The folder of the built JupyterLab extension, or undefined when its package is not installed. */
export function labextensionSource(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('jupyterlab-decentlab/package.json');
    return join(dirname(manifest), 'labextension');
  } catch {
    return undefined;
  }
}

/** The checkout's virtual environment. */
export function venvFolder(root: string): string {
  return join(root, '.venv');
}

/** Where a Python prefix keeps Jupyter's kernels, extensions and settings. */
export function jupyterFolder(prefix: string): string {
  return join(prefix, 'share', 'jupyter');
}

/** The checkout this package stands in, or the current folder when it was installed from a registry. */
export function currentPlace(): Place {
  const above = dirname(packageRoot);
  const root = isCheckout(above) ? above : process.cwd();
  return { root, logFile: join(root, 'setup.log') };
}

/** True for the folder of a checkout. */
export function isCheckout(folder: string): boolean {
  return existsSync(join(folder, 'extension')) && existsSync(join(folder, 'kernel-runtime'));
}
