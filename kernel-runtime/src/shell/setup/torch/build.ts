/** The step that builds the addon against one PyTorch, tries it in a process of its own, and leaves `setup.json` behind. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fingerprint } from '../../../../bin/bootstrap/fingerprint.mjs';
import { runCommand } from '../../../../bin/bootstrap/run-command.mjs';
import type { Step } from '../../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../../errors.js';
import { nativeFolder } from '../../../mathematics/tensor/backends/native-folder.js';
import { atenDeclarations } from '../../../mathematics/tensor/torch/declarations.js';
import { builtFolder, packageRoot } from '../../../package.js';
import type { Place } from '../place.js';
import type { FoundTorch } from './versions.js';

export interface BuildOptions {
  /** Finds PyTorch when the step runs: an earlier step may install it. */
  readonly find: () => Promise<FoundTorch>;
  readonly cuda: boolean;
  readonly fresh: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Where the addon goes. Defaults to where engines look for it. */
  readonly folder?: string;
}

/** What the addon knows of its build; `mathematics/tensor/torch` reads it. */
interface Setup {
  readonly addon: string;
  readonly torch: string;
  readonly version: string;
  readonly cuda: boolean;
  readonly python: string;
  readonly fingerprint: string;
}

/**
 * The version of Node's interface that is still being tried out. An addon of this version is told of an object that is
 * gone within the collection; all others only when the event loop turns, which a loop without `await` never lets it do.
 */
const FINALIZE_AT_ONCE = 2147483647;

/** What cells know of `decentlab/torch`, and the module that it adds signatures to. */
const DECLARATIONS = 'aten.d.ts';
const LIBRARY = join(builtFolder, 'mathematics', 'tensor', 'torch', 'exported.js');

/** Adds 1 and 1, and counts the GPUs. */
const TRY = `
const [, addonFile, cudaFile] = process.argv;
const addon = require(addonFile);
const one = addon.from(Float64Array.of(1), 7, [1], 'cpu');
const { index } = addon.find('aten::add', 'Tensor');
const two = new Float64Array(addon.view(addon.call(index, one, one)))[0];
if (two !== 2) throw new Error('1 + 1 is ' + two);
console.log(cudaFile ? addon.loadCuda(cudaFile) : 0);
`;

/** Builds the addon if its sources, PyTorch or Node's interface have changed. */
export function buildStep({ root, logFile }: Place, options: BuildOptions): Step {
  const { find, cuda, fresh, env = process.env, folder = nativeFolder('torch') } = options;
  return {
    name: 'the addon for PyTorch',
    remedy: 'setup.log has all that the compiler said.',
    async isDone() {
      const setup = readSetup(folder);
      if (fresh || setup?.cuda !== cuda || !existsSync(setup.addon)) return false;
      if (!existsSync(join(folder, DECLARATIONS))) return false;
      return setup.fingerprint === fingerprintOf(await find());
    },
    async run(show) {
      const torch = await find();
      const compiler = await findCompiler(env);
      mkdirSync(folder, { recursive: true });
      rmSync(join(folder, 'setup.json'), { force: true });
      const addon = join(folder, 'aten.node');
      show(`${compiler}, about half a minute`);
      const build = compileCommand(compiler, torch, `${addon}.new`);
      const { ok, log } = await runCommand(build, { cwd: root, logFile, env });
      if (!ok) throw buildFailed(torch, log);
      // Renamed: a process that runs now keeps the file that it has.
      renameSync(`${addon}.new`, addon);
      await tryAddon(addon, torch, cuda);
      const { folder: place, version, command: python } = torch;
      const found = { torch: place, version, cuda, python };
      const setup = { addon, ...found, fingerprint: fingerprintOf(torch) };
      writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup satisfies Setup, null, 2));
      show('signatures of its operators');
      writeFileSync(join(folder, DECLARATIONS), atenDeclarations(LIBRARY));
    }
  };
}

function readSetup(folder: string): Setup | undefined {
  const file = join(folder, 'setup.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Setup) : undefined;
}

function fingerprintOf({ folder, version }: FoundTorch): string {
  return `${fingerprint(packageRoot, ['torch'])} ${FINALIZE_AT_ONCE} ${version} ${folder} ${process.arch}`;
}

/** The first compiler that answers. @throws TORCH_COMPILER */
async function findCompiler(env: NodeJS.ProcessEnv): Promise<string> {
  const candidates = env['CXX'] ? [env['CXX']] : ['g++', 'c++', 'clang++'];
  for (const command of candidates) {
    try {
      await promisify(execFile)(command, ['--version'], { env });
      return command;
    } catch {
      // The next one may be there.
    }
  }
  throw new DecentLabError('TORCH_COMPILER', { tried: candidates.join(', ') });
}

function compileCommand(compiler: string, { folder, version }: FoundTorch, to: string): string[] {
  const headers = createRequire(import.meta.url).resolve('node-api-headers/package.json');
  const lib = join(folder, 'lib');
  const isMac = process.platform === 'darwin';
  return [
    ...[
      compiler,
      '-std=c++20',
      '-O2',
      '-fPIC',
      '-shared',
      '-w',
      `-DNAPI_VERSION=${FINALIZE_AT_ONCE}`
    ],
    `-DDECENTLAB_TORCH_VERSION="${version}"`,
    ...['-isystem', join(folder, 'include'), `-I${join(dirname(headers), 'include')}`],
    join(packageRoot, 'torch', 'addon.cc'),
    ...['-o', to, `-L${lib}`, '-ltorch_cpu', '-lc10', `-Wl,-rpath,${lib}`],
    ...(isMac ? ['-undefined', 'dynamic_lookup'] : [])
  ];
}

function buildFailed({ version }: FoundTorch, log: string): DecentLabError {
  const reason = /error: .*/.exec(log)?.[0] ?? log.trim().split('\n').at(-1);
  return new DecentLabError('TORCH_BUILD', { version, reason });
}

async function tryAddon(addon: string, { folder, version }: FoundTorch, cuda: boolean) {
  const cudaFile = cuda ? [join(folder, 'lib', 'libtorch_cuda.so')] : [];
  const gpus = await run(['-e', TRY, addon, ...cudaFile]).catch((error: unknown) => {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    const reason = /Error: (.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1);
    throw new DecentLabError('TORCH_LOAD', { version, reason });
  });
  if (cuda && Number(gpus) < 1) {
    throw new DecentLabError('TORCH_GPU', { version, reason: 'CUDA counts no device' });
  }
}

async function run(args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, args)).stdout;
}
