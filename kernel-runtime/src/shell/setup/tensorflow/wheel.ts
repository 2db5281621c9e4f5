/** The step that installs TensorFlow's wheel into `.venv`. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { readStamp } from '../../../../bin/bootstrap/fingerprint.mjs';
import { runCommand } from '../../../../bin/bootstrap/run-command.mjs';
import type { Step } from '../../../../bin/bootstrap/steps.mjs';
import { explainFailure } from '../../../../bin/bootstrap/stop.mjs';
import { DecentLabError } from '../../../errors.js';
import { venvExecutable, venvSitePackages } from '../../../platform.js';
import { venvFolder, type Place } from '../place.js';

/** The version that this release was tried with, and the Pythons that it has wheels for. */
export const TENSORFLOW = { version: '2.21.0', oldest: '3.10', newest: '3.13' } as const;

const ASK_VERSION = 'import sys; print(*sys.version_info[:2], sep=".")';

/** @throws TENSORFLOW_PYTHON if `.venv` has a Python without a wheel */
export async function assertPython({ root }: Place): Promise<void> {
  const python = venvExecutable(venvFolder(root), 'python');
  const { stdout } = await promisify(execFile)(python, ['-c', ASK_VERSION]);
  const minor = (version: string): number => Number(version.split('.')[1]);
  const { version: wanted, oldest, newest } = TENSORFLOW;
  const version = stdout.trim();
  if (minor(version) >= minor(oldest) && minor(version) <= minor(newest)) return;
  throw new DecentLabError('TENSORFLOW_PYTHON', { wanted, oldest, newest, version });
}

/** Installs the wheel: for the processor alone without what only its Python part needs, with CUDA's libraries otherwise. */
export function wheelStep(
  { root, logFile }: Place,
  { cuda, fresh }: { cuda: boolean; fresh: boolean }
): Step {
  const venv = venvFolder(root);
  const wanted = wheelName(cuda);
  const stamp = join(venv, 'decentlab', 'tensorflow-wheel.txt');
  const pip = [venvExecutable(venv, 'python'), '-m', 'pip'];
  return {
    name: cuda ? 'TensorFlow with CUDA (about 3 GB)' : 'TensorFlow (274 MB)',
    remedy: `run \`.venv/bin/python -m pip install ${wanted}\` to see what it says.`,
    isDone: () => !fresh && readStamp(stamp) === wanted && wheelFolder(root) !== undefined,
    async run(show) {
      const options = { cwd: root, logFile, onLine: show };
      // Two of its wheels would write into one folder.
      const others = ['tensorflow', 'tensorflow-cpu'].filter(
        name => !wanted.startsWith(`${name}=`)
      );
      await runCommand([...pip, 'uninstall', '--yes', '--no-input', ...others], options);
      const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off'];
      const alone = cuda ? [] : ['--no-deps'];
      const anew = fresh ? ['--force-reinstall'] : [];
      const install = [...pip, 'install', ...quiet, ...alone, ...anew, wanted];
      const { ok, log } = await runCommand(install, options);
      if (!ok) throw explainFailure({ what: `pip could not install ${wanted}`, log, logFile });
      mkdirSync(dirname(stamp), { recursive: true });
      writeFileSync(stamp, wanted);
    }
  };
}

function wheelName(cuda: boolean): string {
  if (cuda) return `tensorflow[and-cuda]==${TENSORFLOW.version}`;
  const name = process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
  return `${name}==${TENSORFLOW.version}`;
}

/**
 * The folder with TensorFlow's libraries and headers; undefined before it is installed. Its real path: the libraries of
 * CUDA are found beside it, which a link would hide.
 */
export function wheelFolder(root: string): string | undefined {
  const packages = venvSitePackages(venvFolder(root));
  const folder = join(packages ?? root, 'tensorflow');
  if (!existsSync(folder) || !readdirSync(folder).some(name => name.startsWith('libtensorflow_cc')))
    return undefined;
  return realpathSync(folder);
}
