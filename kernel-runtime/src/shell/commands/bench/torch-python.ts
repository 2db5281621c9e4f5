/**
 * The Python whose torch is a reference. Where it was installed for the processor only, the CUDA libraries that its own
 * library for Python names are not there, although nothing calls them: empty ones, with the names that the loader looks
 * for, stand in for the processes of the benchmark alone.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { readTorchSetup, type TorchSetup } from '../../../mathematics/tensor/torch/addon.js';
import { venvExecutable } from '../../../platform.js';
import { currentPlace, venvFolder } from '../../setup/place.js';
import { benchFolder } from './references.js';

/** The name of the reference in tables: another than that of the backend, which calls the same library from Node. */
export const PYTHON_TORCH = 'Python torch';

/** A command, and the environment in which it finds its libraries. */
export interface TorchPython {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The interpreter that was named, else that of the PyTorch that was set up, else `python3`. */
export async function torchPython(named?: string): Promise<TorchPython> {
  const setup = readTorchSetup();
  if (named !== undefined || !setup) return { command: named ?? 'python3', env: process.env };
  const command = setup.python ?? venvExecutable(venvFolder(currentPlace().root), 'python');
  if (setup.cuda || process.platform !== 'linux') return { command, env: process.env };
  const standIns = await standInsFor(setup);
  const folders = [standIns, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  return { command, env: { ...process.env, LD_LIBRARY_PATH: folders } };
}

async function standInsFor({ torch, version }: TorchSetup): Promise<string> {
  const folder = join(benchFolder(), `cuda-stand-ins-${version}`);
  if (!existsSync(folder)) await makeStandIns(torch, folder);
  return folder;
}

const run = async (command: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { maxBuffer: 1e9 })).stdout;

/** By library: the names that are looked up in it, by version; '' are those without one. */
type Needed = Map<string, Map<string, Set<string>>>;

/** Builds an empty library for each of CUDA's that PyTorch's libraries name and that is nowhere. */
async function makeStandIns(torch: string, folder: string): Promise<void> {
  const lib = join(torch, 'lib');
  const own = readdirSync(lib).filter(name => name.includes('.so'));
  const needed: Needed = new Map();
  for (const name of own) await collect(join(lib, name), needed);
  const nvidia = join(dirname(torch), 'nvidia');
  const there = new Set([
    ...own,
    ...readdirSync(nvidia).flatMap(part =>
      existsSync(join(nvidia, part, 'lib')) ? readdirSync(join(nvidia, part, 'lib')) : []
    )
  ]);
  mkdirSync(folder, { recursive: true });
  for (const [library, versions] of needed) {
    if (!there.has(library) && /^lib(cu|nv|nccl)/.test(library)) {
      await makeStandIn(join(folder, library), library, versions);
    }
  }
}

/** Names without a version do not say whose they are: this one stands in for all. */
const NAMELESS = 'libcusparseLt.so.0';

async function collect(file: string, needed: Needed): Promise<void> {
  const of = (library: string, version: string): Set<string> => {
    const versions = needed.get(library) ?? new Map<string, Set<string>>();
    needed.set(library, versions);
    const names = versions.get(version) ?? new Set<string>();
    versions.set(version, names);
    return names;
  };
  const libraryOf = new Map<string, string>();
  let library = '';
  for (const line of (await run('objdump', '-p', file)).split('\n')) {
    const named = /NEEDED\s+(\S+)/.exec(line)?.[1];
    if (named !== undefined) of(named, '');
    library = /required from (\S+):/.exec(line)?.[1] ?? library;
    const version = /^\s+0x\S+ 0x\S+ \d+ (\S+)/.exec(line)?.[1];
    if (version !== undefined) libraryOf.set(version, library);
  }
  for (const line of (await run('nm', '-D', '--undefined-only', file)).split('\n')) {
    const [, name, version] = /\sU (\w+)(?:@(\S+))?$/.exec(line) ?? [];
    if (name === undefined) continue;
    const from = version === undefined ? undefined : libraryOf.get(version);
    if (from !== undefined) of(from, version).add(name);
    else if (version === undefined && /^(cu|nccl|nv)/.test(name)) of(NAMELESS, '').add(name);
  }
}

async function makeStandIn(
  file: string,
  name: string,
  versions: ReadonlyMap<string, ReadonlySet<string>>
): Promise<void> {
  const sets = [...versions].filter(([, names]) => names.size > 0);
  const names = [...new Set(sets.flatMap(([, found]) => [...found]))];
  writeFileSync(`${file}.c`, names.map(one => `long ${one}[8];\n`).join(''));
  const node = ([version, found]: readonly [string, ReadonlySet<string>]): string =>
    `${version} { global: ${[...found].map(one => `${one};`).join(' ')} };\n`;
  writeFileSync(`${file}.map`, sets.map(node).join('') || '{ global: *; };\n');
  const flags = ['-w', '-shared', '-fPIC', `-Wl,-soname,${name}`];
  await run('cc', ...flags, `-Wl,--version-script,${file}.map`, `${file}.c`, '-o', file);
}
