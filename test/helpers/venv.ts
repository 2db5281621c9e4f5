/** The Python environment of the project: Jupyter's own tools, for tests that need them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kernel = join(root, 'kernel-runtime/dist/programs/kernel.js');

/** The interpreter of the project's virtual environment; null if `npm start` or `npm test` has not made it yet. */
export function venvPython(): string | null {
  const python = venvExecutable(join(root, '.venv'), 'python');
  return existsSync(python) ? python : null;
}

/** How the built kernel is started, in the words of a kernelspec. */
const kernelArguments = [process.execPath, kernel, '{connection_file}'];

/** The text of a kernelspec of ours; `argv` is another program in its place. */
export function kernelspecText(argv: readonly string[] = kernelArguments): string {
  return JSON.stringify({
    argv,
    display_name: 'TypeScript (DecentLab)',
    language: 'typescript',
    interrupt_mode: 'message'
  });
}

/** Makes the built kernel known under `jupyterPath`, a folder for JUPYTER_PATH. */
export function writeKernelspec(jupyterPath: string, text = kernelspecText()): void {
  const folder = join(jupyterPath, 'kernels', 'decentlab');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), text);
}
