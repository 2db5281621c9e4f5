/** `decentlab install`: the kernel and the extension into a Jupyter that exists already. */
import { execFileSync } from 'node:child_process';
import { runSteps } from '../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../errors.js';
import { jupyterDataFolder } from '../../platform.js';
import { kernelspecStep } from '../setup/kernelspec.js';
import { labextensionStep } from '../setup/labextension.js';
import { jupyterFolder } from '../setup/place.js';
import { readArguments } from './arguments.js';
import type { Command } from './command.js';

const USAGE = 'decentlab install (--user | --sys-prefix [--python PATH] | --prefix FOLDER)';
const OPTIONS = {
  user: { type: 'boolean' },
  'sys-prefix': { type: 'boolean' },
  prefix: { type: 'string' },
  python: { type: 'string' }
} as const;

export const install: Command = {
  name: 'install',
  summary: 'Installs the kernel and the extension into an existing Jupyter.',
  usage: USAGE,
  async run(args) {
    const share = chooseFolder(args);
    await runSteps([kernelspecStep(share), labextensionStep(share)]);
    console.log(`The kernel and the extension are in ${share}; reload JupyterLab to see them.`);
    return 0;
  }
};

/** The share/jupyter folder that the options name. */
function chooseFolder(args: readonly string[]): string {
  const {
    user,
    prefix,
    python,
    'sys-prefix': sysPrefix
  } = readArguments(args, OPTIONS, USAGE).values;
  if (user && !prefix && !sysPrefix) return jupyterDataFolder();
  if (prefix !== undefined && !user && !sysPrefix) return jupyterFolder(prefix);
  if (sysPrefix && !user && prefix === undefined) return jupyterFolder(askPrefix(python));
  throw new DecentLabError('OPTION_INVALID', { received: args.join(' '), usage: `\`${USAGE}\`` });
}

function askPrefix(python = 'python3'): string {
  try {
    return execFileSync(python, ['-c', 'import sys; print(sys.prefix)'], {
      encoding: 'utf8'
    }).trim();
  } catch (error) {
    throw new DecentLabError('PYTHON_MISSING', { tried: python }, { cause: error });
  }
}
