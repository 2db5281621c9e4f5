/**
 * Python's torch as a reference. Where it was installed for the processor only, the CUDA libraries that its own library
 * for Python names are not there, although nothing calls them: empty ones, with the names that the loader looks for,
 * stand in for this process alone.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { TorchSetup } from '../../../../mathematics/tensor/torch/addon.js';
import { currentPlace, venvFolder } from '../../../setup/place.js';
import { venvExecutable } from '../../../../platform.js';
import { benchFolder } from '../references.js';
import type { SuiteContext } from '../suite.js';
import { Side } from './side.js';

const SCRIPT = `
import json, sys, time
import torch

torch.set_num_threads(1)
torch.set_grad_enabled(False)
small = torch.ones(10)
M = torch.full((1024, 1024), 0.5)
A = torch.full((1000, 100), 0.1)
At = A.t()
b = torch.ones(1000, 1)
x = torch.zeros(100, 1)


def least_squares():
    global x
    x = x - (At @ (A @ x - b)) * 1e-6


calls = {"add": lambda: small + small, "matmul": lambda: M @ M, "leastSquares": least_squares}
print("ready", flush=True)
for line in sys.stdin:
    name, batches, batch = json.loads(line)
    call = calls[name]
    times = []
    for _ in range(batches):
        started = time.perf_counter()
        for _ in range(batch):
            call()
        times.append(1e6 * (time.perf_counter() - started) / batch)
    print(json.dumps(times), flush=True)
`;

/** Starts it. Rejects if this Python cannot load torch. */
export async function pythonTorch(setup: TorchSetup, context: SuiteContext): Promise<Side> {
  const python = context.python ?? venvExecutable(venvFolder(currentPlace().root), 'python');
  const env = { ...process.env };
  if (!setup.cuda && process.platform === 'linux' && context.python === undefined) {
    const folder = join(benchFolder(), `cuda-stand-ins-${setup.version}`);
    if (!existsSync(folder)) await makeStandIns(setup.torch, folder);
    env['LD_LIBRARY_PATH'] = [folder, env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  }
  return Side.start('Python torch', [python, '-c', SCRIPT], env);
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
