/** The step that makes the virtual environment. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../bin/bootstrap/run-command.mjs';
import type { Step } from '../../../bin/bootstrap/steps.mjs';
import { explainFailure } from '../../../bin/bootstrap/stop.mjs';
import { DecentLabError } from '../../errors.js';
import { venvExecutable } from '../../platform.js';
import { venvFolder, type Place } from './place.js';
import { findPython } from './python.js';

const NO_VENV = /No module named '?(venv|ensurepip)|ensurepip is not available|python3-venv/i;

/** Makes `.venv` with the first Python that is new enough. */
export function venvStep({ root, logFile }: Place, env: NodeJS.ProcessEnv = process.env): Step {
  const venv = venvFolder(root);
  return {
    name: 'Python environment in .venv',
    remedy: 'run `python3 -m venv .venv` to see what it says.',
    isDone: () =>
      existsSync(venvExecutable(venv, 'python')) && existsSync(join(venv, 'pyvenv.cfg')),
    async run(show) {
      const { command, version } = await findPython(env);
      show(`Python ${version}`);
      const made = [command, '-m', 'venv', '--clear', venv];
      const { ok, log } = await runCommand(made, { cwd: root, logFile, onLine: show, env });
      if (ok) return;
      rmSync(venv, { recursive: true, force: true });
      if (NO_VENV.test(log)) {
        const release = version.split('.').slice(0, 2).join('.');
        throw new DecentLabError('VENV_MISSING', { command, release });
      }
      throw explainFailure({ what: 'Python could not make .venv', log, logFile });
    }
  };
}
