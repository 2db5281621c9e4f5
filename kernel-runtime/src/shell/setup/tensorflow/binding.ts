/** The step that builds tfjs-node's binding against the TensorFlow of the wheel. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { runCommand } from '../../../../bin/bootstrap/run-command.mjs';
import type { Step } from '../../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../../errors.js';
import {
  readSetup,
  type TensorflowSetup
} from '../../../mathematics/tensor/backends/tensorflow.js';
import type { Place } from '../place.js';
import { TENSORFLOW, wheelFolder } from './wheel.js';

const { resolve } = createRequire(import.meta.url);

/** The interface of Node that the binding is written for: it outlives versions of Node. */
const NODE_API = 8;
/** What tfjs-node imports: the process's one TensorFlow.js, not a copy. */
const SHARED = ['@tensorflow/tfjs', '@tensorflow/tfjs-core'];

export interface BindingOptions {
  readonly compiler: string;
  /** Where tfjs-node stands, and the binding will. */
  readonly folder: string;
  readonly cuda: boolean;
}

/** Builds the binding, unless it was built against this wheel already. */
export function bindingStep({ root, logFile }: Place, options: BindingOptions): Step {
  const { compiler, folder, cuda } = options;
  const source = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  const binding = join(folder, 'tfjs_binding.node');
  const wanted = (): TensorflowSetup => ({
    ...{ binding, package: source, wheel: wheelFolder(root) ?? '' },
    ...{ version: TENSORFLOW.version, cuda }
  });
  return {
    name: 'the binding for TensorFlow',
    remedy: 'setup.log has all that the compiler said.',
    isDone: () =>
      existsSync(binding) &&
      JSON.stringify(readSetup(folder)) === JSON.stringify(wanted()) &&
      SHARED.every(name => existsSync(join(folder, 'node_modules', name))),
    async run(show) {
      mkdirSync(folder, { recursive: true });
      rmSync(join(folder, 'setup.json'), { force: true });
      for (const name of SHARED) share(folder, name);
      show(`${compiler}, about ten seconds`);
      const command = compileCommand(options, source, wanted().wheel);
      const { ok, log } = await runCommand([...command, '-o', `${binding}.new`], {
        cwd: root,
        logFile
      });
      if (!ok) {
        const reason = /error: .*/.exec(log)?.[0] ?? log.trim().split('\n').at(-1);
        throw new DecentLabError('TENSORFLOW_BUILD', { reason });
      }
      // Renamed: a process that runs now keeps the file that it has.
      renameSync(`${binding}.new`, binding);
      writeFileSync(join(folder, 'setup.json'), JSON.stringify(wanted()));
    }
  };
}

/** The first compiler that answers. @throws TENSORFLOW_COMPILER */
export async function findCompiler(env: NodeJS.ProcessEnv): Promise<string> {
  const candidates = env['CXX'] ? [env['CXX']] : ['g++', 'c++', 'clang++'];
  for (const command of candidates) {
    try {
      await promisify(execFile)(command, ['--version'], { env });
      return command;
    } catch {
      // The next one may be there.
    }
  }
  throw new DecentLabError('TENSORFLOW_COMPILER', { tried: candidates.join(', ') });
}

function compileCommand({ compiler }: BindingOptions, source: string, wheel: string): string[] {
  const headers = join(dirname(resolve('node-api-headers/package.json')), 'include');
  const library = (name: string): string =>
    `-l:${readdirSync(wheel).find(file => file.startsWith(`lib${name}.so`)) ?? `lib${name}.so.2`}`;
  return [
    ...[compiler, '-std=c++17', '-O2', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${NODE_API}`],
    ...[`-I${headers}`, '-isystem', join(wheel, 'include'), `-I${dirname(source)}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map(file => join(source, 'binding', file)),
    ...[`-L${wheel}`, library('tensorflow_cc'), library('tensorflow_framework')],
    `-Wl,-rpath,${wheel}`
  ];
}

/** A link to the package that this process imports. */
function share(folder: string, name: string): void {
  const link = join(folder, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(dirname(resolve(`${name}/package.json`)), link, 'junction');
}
