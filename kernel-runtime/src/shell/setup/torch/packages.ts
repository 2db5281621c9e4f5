/**
 * The step that installs PyTorch into `.venv`. The registry's builds for Linux are made for CUDA and ask for 2.5 GB of
 * NVIDIA's libraries. For the processor, PyTorch's own package and two small ones are enough: its library names the
 * CUDA runtime and its profiler, so that these must be there, and never calls them without a GPU.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../../bin/bootstrap/run-command.mjs';
import type { Step } from '../../../../bin/bootstrap/steps.mjs';
import { explainFailure } from '../../../../bin/bootstrap/stop.mjs';
import { venvExecutable, venvSitePackages } from '../../../platform.js';
import { venvFolder, type Place } from '../place.js';
import { askPython } from './find.js';
import { assertPython, isUsable, TORCH } from './versions.js';

const PIP = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
const QUIET = ['--progress-bar', 'off'];

/** PyTorch in `.venv`; `cuda` brings NVIDIA's libraries too, `fresh` installs over what is there. */
export function torchPackagesStep(
  place: Place,
  { cuda = false, fresh = false }: { readonly cuda?: boolean; readonly fresh?: boolean } = {}
): Step {
  const { root, logFile } = place;
  const python = venvExecutable(venvFolder(root), 'python');
  const pip = async (what: string[], show: (line: string) => void): Promise<void> => {
    const command = [python, ...PIP, ...QUIET, ...what];
    const { ok, log } = await runCommand(command, { cwd: root, logFile, onLine: show });
    if (!ok) throw explainFailure({ what: 'pip could not install PyTorch', log, logFile });
  };
  return {
    name: `PyTorch ${TORCH.version} in .venv${cuda ? ' with CUDA' : ''}`,
    remedy: `run \`.venv/bin/python -m pip install torch==${TORCH.version}\` to see what it says.`,
    isDone: () => !fresh && isInstalled(root, cuda),
    async run(show) {
      const { python: version } = await askPython(python);
      assertPython('.venv', version);
      const again = fresh ? ['--force-reinstall'] : [];
      const torch = `torch==${TORCH.version}`;
      if (cuda) return pip([...again, torch], show);
      await pip([...again, '--no-deps', torch, 'typing_extensions'], show);
      const runtime = runtimePackages(requirements(root));
      if (runtime.length > 0) await pip([...again, ...runtime], show);
    }
  };
}

/** PyTorch of a usable version, and the libraries that are named in its own. */
function isInstalled(root: string, cuda: boolean): boolean {
  const found = metadataOf(root, 'torch');
  if (!found || !isUsable(found.version)) return false;
  const wanted = requirements(root)
    .map(line => /^(nvidia-[\w-]+|cuda-toolkit)/.exec(line)?.[1])
    .filter(name => name !== undefined);
  const needed = cuda ? wanted : wanted.filter(name => name === 'cuda-toolkit');
  return needed.every(name => metadataOf(root, name) !== undefined);
}

/** The parts of the CUDA toolkit that even the processor's library names, at the version that PyTorch asks for. */
export function runtimePackages(lines: readonly string[]): string[] {
  for (const line of lines) {
    const toolkit = /^cuda-toolkit\[[^\]]*\](==[\d.]+)/.exec(line);
    if (toolkit) return [`cuda-toolkit[cudart,cupti]${toolkit[1]}`];
  }
  return lines
    .map(line => /^nvidia-cuda-(?:runtime|cupti)[\w-]*==[\d.]+/.exec(line)?.[0])
    .filter(found => found !== undefined);
}

/** What the installed PyTorch asks for on this machine, one requirement a line. */
function requirements(root: string): string[] {
  const lines = metadataOf(root, 'torch')?.text.split('\n') ?? [];
  return lines
    .map(line => /^Requires-Dist: (.*)$/.exec(line)?.[1] ?? '')
    .filter(line => !/extra ==/.test(line))
    .filter(line => !/platform_system == "Linux"/.test(line) || process.platform === 'linux');
}

function metadataOf(root: string, name: string): { version: string; text: string } | undefined {
  const site = venvSitePackages(venvFolder(root));
  if (site === undefined) return undefined;
  const prefix = `${name.replaceAll('-', '_')}-`;
  const folder = readdirSync(site).find(
    entry => entry.startsWith(prefix) && entry.endsWith('.dist-info')
  );
  const file = folder && join(site, folder, 'METADATA');
  if (!file || !existsSync(file)) return undefined;
  return {
    version: folder.slice(prefix.length, -'.dist-info'.length),
    text: readFileSync(file, 'utf8')
  };
}
