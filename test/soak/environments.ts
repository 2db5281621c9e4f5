/** Environments of Python for the soak: other versions of JupyterLab. Made on demand, kept in the cache. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';
import { root } from '../helpers/project.js';
import { venvPython } from '../helpers/venv.js';

export const cache = join(root, 'node_modules/.cache/decentlab');

/** A virtual environment with this requirement of pip's. */
export function environment(requirement: string): string {
  const folder = join(cache, requirement.replace(/[^\w.]+/g, '-'));
  if (existsSync(join(folder, 'ready'))) return folder;
  execFileSync(venvPython() ?? 'python3', ['-m', 'venv', '--clear', folder]);
  pip(venvExecutable(folder, 'python'), [requirement]);
  writeFileSync(join(folder, 'ready'), '');
  return folder;
}

/** A folder for JUPYTER_PATH with plotly's own renderer of the MIME type that ours draws too. */
export function plotlyShare(): string {
  const folder = join(cache, 'plotly');
  const share = join(folder, 'share/jupyter');
  if (!existsSync(share))
    pip(venvPython() ?? 'python3', ['--no-deps', '--target', folder, 'plotly']);
  return share;
}

function pip(python: string, args: readonly string[]): void {
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  execFileSync(python, [...install, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
