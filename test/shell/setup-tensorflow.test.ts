/** `npm run setup:tensorflow` stops before it fetches anything where it cannot work, with one sentence that says what to do. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bindingStep,
  findCompiler
} from '../../kernel-runtime/src/shell/setup/tensorflow/binding.js';
import { setupTensorflow } from '../../kernel-runtime/src/shell/setup/tensorflow/setup.js';
import { assertPython } from '../../kernel-runtime/src/shell/setup/tensorflow/wheel.js';
import { temporaryFolder, writeProgram } from '../helpers/folder.js';

function place(): { root: string; logFile: string } {
  const folder = temporaryFolder();
  return { root: folder, logFile: join(folder, 'setup.log') };
}

/** A `.venv` whose Python says that it is of this version. */
function placeWithPython(version: string): { root: string; logFile: string } {
  const where = place();
  const bin = join(where.root, '.venv', 'bin');
  mkdirSync(bin, { recursive: true });
  writeProgram(bin, 'python', `echo ${version}`);
  return where;
}

describe('Setting up TensorFlow', () => {
  it.each(['3.9', '3.14'])('refuses Python %s, and names those that will do', async version => {
    await expect(assertPython(placeWithPython(version))).rejects.toThrow(
      `TensorFlow 2.21.0 is there for Python 3.10 to 3.13, and .venv has Python ${version}: delete .venv`
    );
  });

  it.each(['3.10', '3.13'])('takes Python %s', async version => {
    await expect(assertPython(placeWithPython(version))).resolves.toBeUndefined();
  });

  it('needs a compiler, and says how to get one', async () => {
    await expect(findCompiler({ PATH: temporaryFolder() })).rejects.toThrow(
      /^No C\+\+ compiler was found \(tried g\+\+, c\+\+, clang\+\+\): install one/
    );
    await expect(findCompiler({ PATH: '', CXX: '/nowhere/g++' })).rejects.toThrow('/nowhere/g++');
  });

  it('says what a compiler that fails has said', async () => {
    const where = place();
    const folder = join(where.root, 'native');
    mkdirSync(join(where.root, '.venv', 'lib', 'python3.12', 'site-packages', 'tensorflow'), {
      recursive: true
    });
    const wheel = join(where.root, '.venv/lib/python3.12/site-packages/tensorflow');
    writeProgram(wheel, 'libtensorflow_cc.so.2', '');
    const compiler = writeProgram(where.root, 'g++', 'echo "a.cc:1: error: no C++17 here"; exit 1');
    const step = bindingStep(where, { compiler, folder, cuda: false });
    expect(await step.isDone()).toBe(false);
    await expect(step.run(() => undefined)).rejects.toThrow(
      /^The binding for TensorFlow could not be built \(error: no C\+\+17 here\): /
    );
  });

  it.each([
    ['an option that it does not know', ['--gpu'], 'npm run setup:tensorflow'],
    ['CUDA without a driver', ['--cuda'], 'No driver of NVIDIA was found']
  ])('stops at %s', async (_, args, sentence) => {
    const { PATH } = process.env;
    // A compiler, and no nvidia-smi.
    const folder = temporaryFolder();
    writeProgram(folder, 'g++', 'exit 0');
    process.env['PATH'] = folder;
    try {
      await expect(setupTensorflow({ ...place(), args })).rejects.toThrow(sentence);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
