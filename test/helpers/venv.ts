/** The Python environment of the project: Jupyter's own tools, for tests that need them. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kernel = join(root, 'kernel-runtime/dist/jupyter/kernel/main.js');

/** The interpreter of the project's virtual environment; null if `npm start` or `npm test` has not made it yet. */
export function venvPython(): string | null {
  const python = venvExecutable(join(root, '.venv'), 'python');
  return existsSync(python) ? python : null;
}

/** Runs a Python program against the built kernel, named `decentlab`; resolves with what it prints. */
export async function runPython(program: string, args: readonly string[] = []): Promise<string> {
  const python = venvPython();
  if (python === null)
    throw new Error('The virtual environment is missing: run `npm test`, which makes it.');
  const jupyterPath = mkdtempSync(join(tmpdir(), 'decentlab-jupyter-'));
  writeKernelspec(jupyterPath);
  const env = { ...process.env, JUPYTER_PATH: jupyterPath };
  const { stdout } = await promisify(execFile)(python, [program, ...args], {
    env,
    maxBuffer: 1 << 26
  });
  return stdout;
}

/** Makes the built kernel known under `jupyterPath`, a folder for JUPYTER_PATH. */
export function writeKernelspec(jupyterPath: string): void {
  const folder = join(jupyterPath, 'kernels', 'decentlab');
  mkdirSync(folder, { recursive: true });
  const argv = [process.execPath, kernel, '{connection_file}'];
  const spec = {
    argv,
    display_name: 'TypeScript (DecentLab)',
    language: 'typescript',
    interrupt_mode: 'message'
  };
  writeFileSync(join(folder, 'kernel.json'), JSON.stringify(spec));
}
