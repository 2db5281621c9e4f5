/** The tools that ours is measured beside, installed when they are first needed into a cache folder of this user. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../../../../bin/bootstrap/dependencies.mjs';
import { readStamp } from '../../../../bin/bootstrap/fingerprint.mjs';
import { runCommand } from '../../../../bin/bootstrap/run-command.mjs';
import { explainFailure } from '../../../../bin/bootstrap/stop.mjs';
import { userCacheFolder, venvExecutable } from '../../../platform.js';
import { findPython } from '../../setup/python.js';
import type { SuiteContext } from './suite.js';

/** The versions that the figures of the documentation were measured with. */
const PYTHON_PACKAGES = {
  ipykernel: '7.4.0',
  ipyparallel: '9.2.0',
  numpy: '2.2.6'
} as const;
const NODE_PACKAGES = { tslab: '1.0.22' } as const;
const LOG_FILE = 'install.log';

/** A tool that can be measured, or the reason why it cannot. */
export type Reference<T> =
  | { readonly found: T; readonly versions: Readonly<Record<string, string>> }
  | { readonly missing: string };

/** The interpreter of a virtual environment with ipykernel, ipyparallel and NumPy. */
export async function referencePython(context: SuiteContext): Promise<Reference<string>> {
  const folder = benchFolder();
  const venv = join(folder, 'python');
  const python = venvExecutable(venv, 'python');
  const pip = [python, '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
  const command = (await findPython()).command;
  return install(context, {
    what: 'ipykernel and ipyparallel',
    folder: venv,
    packages: PYTHON_PACKAGES,
    separator: '==',
    commands: wanted => [
      [command, '-m', 'venv', '--clear', venv],
      [...pip, ...wanted]
    ],
    entry: python
  });
}

/** The program of tslab, for Node to run. */
export function referenceTslab(context: SuiteContext): Promise<Reference<string>> {
  const folder = join(benchFolder(), 'node');
  return install(context, {
    what: 'tslab',
    folder,
    packages: NODE_PACKAGES,
    separator: '@',
    commands: wanted => [
      [...npm(), 'install', '--prefix', folder, '--no-audit', '--no-fund', ...wanted]
    ],
    entry: join(folder, 'node_modules', 'tslab', 'bin', 'tslab')
  });
}

/** Deno, where it is installed; it is not installed for the measurement. */
export async function referenceDeno(): Promise<Reference<string>> {
  const { ok, log } = await runCommand(['deno', '--version'], place());
  if (!ok) return { missing: 'Deno is not on the PATH' };
  return { found: 'deno', versions: { Deno: /deno (\S+)/.exec(log)?.[1] ?? 'unknown' } };
}

interface Installation {
  readonly what: string;
  readonly folder: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly separator: string;
  commands(wanted: readonly string[]): string[][];
  /** The file that is there once all is well. */
  readonly entry: string;
}

async function install(
  { progress }: SuiteContext,
  { what, folder, packages, separator, commands, entry }: Installation
): Promise<Reference<string>> {
  const wanted = Object.entries(packages).map(parts => parts.join(separator));
  const stamp = join(folder, 'decentlab-bench.txt');
  const done = { found: entry, versions: packages };
  if (readStamp(stamp) === wanted.join(' ') && existsSync(entry)) return done;
  mkdirSync(folder, { recursive: true });
  for (const command of commands(wanted)) {
    progress(`installing ${what} into ${folder}`);
    const { ok, log } = await runCommand(command, place());
    if (ok) continue;
    rmSync(folder, { recursive: true, force: true });
    return { missing: whyNot(what, log) };
  }
  writeFileSync(stamp, wanted.join(' '));
  return done;
}

/** The reason in one line: ours where there is one, else the last that the installer has said. */
function whyNot(what: string, log: string): string {
  const sentence = `${what} could not be installed`;
  const { message, details } = explainFailure({ what: sentence, log, ...place() });
  return details === undefined ? message : `${sentence} (${details.split('\n').at(-1)?.trim()})`;
}

/** The cache folder of this user for what benchmarks need. */
export function benchFolder(): string {
  const folder = join(userCacheFolder(), 'decentlab', 'bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

function place(): { cwd: string; logFile: string } {
  const cwd = benchFolder();
  return { cwd, logFile: join(cwd, LOG_FILE) };
}
