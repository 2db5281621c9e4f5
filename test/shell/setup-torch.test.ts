/** `npm run setup:torch`, and an engine that loads what it has left: each wrong state ends with one sentence that says what to do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from '../../kernel-runtime/src/mathematics/tensor/torch/addon.js';
import { buildStep } from '../../kernel-runtime/src/shell/setup/torch/build.js';
import { runtimePackages } from '../../kernel-runtime/src/shell/setup/torch/packages.js';
import { setupTorch } from '../../kernel-runtime/src/shell/setup/torch/setup.js';
import { assertPython, assertUsable } from '../../kernel-runtime/src/shell/setup/torch/versions.js';
import { temporaryFolder, writeProgram } from '../helpers/folder.js';

interface Answers {
  readonly python?: string;
  readonly folder?: string | null;
  readonly version?: string | null;
}

/** A Python that says this of itself and of its PyTorch. */
function pythonSaying({ python = '3.12.1', folder = null, version = null }: Answers): string {
  const said = JSON.stringify({ python, folder, version });
  return writeProgram(temporaryFolder(), 'python', `echo '${said}'`);
}

function setUp(...args: string[]): Promise<number> {
  const root = temporaryFolder();
  return setupTorch({ root, logFile: join(root, 'setup.log'), args });
}

/** Builds with a compiler that does this. */
function build(compiler: string, folder = temporaryFolder()): Promise<unknown> {
  const root = temporaryFolder();
  const CXX = writeProgram(root, 'g++', `[ "$1" = --version ] && exit 0; ${compiler}`);
  const torch = { command: 'python', version: '2.15.0', folder: root };
  const step = buildStep(
    { root, logFile: join(root, 'setup.log') },
    {
      ...{ find: () => Promise.resolve(torch), cuda: false, fresh: false },
      ...{ env: { ...process.env, CXX }, folder }
    }
  );
  return step.run(() => undefined);
}

describe('Setting up PyTorch', () => {
  it.each(['3.10.4', '3.15.0'])('refuses Python %s, and names those that will do', version => {
    expect(() => assertPython('.venv', version)).toThrow(
      `PyTorch 2.15.0 needs Python 3.11 to 3.14, and .venv is Python ${version}: name another`
    );
  });

  it.each(['3.11.0', '3.14.2'])('takes Python %s', version => {
    expect(() => assertPython('.venv', version)).not.toThrow();
  });

  it.each([
    ['2.10.1', 'old'],
    ['1.13.0', 'old'],
    ['2.16.0', 'new'],
    ['3.0.0+cu140', 'new']
  ])('says of PyTorch %s that it is too %s, and which versions are not', async (version, how) => {
    const python = pythonSaying({ folder: '/somewhere/torch', version });
    await expect(setUp('--python', python)).rejects.toThrow(
      `PyTorch ${version} of ${python} is too ${how}: versions 2.11 to 2.15 can be used. Leave out`
    );
  });

  it.each(['2.11.0', '2.13.0+cpu', '2.15.0+cu132'])('takes PyTorch %s', version => {
    expect(() => assertUsable({ command: 'python', version, folder: '' })).not.toThrow();
  });

  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'a Python without PyTorch',
      () => setUp('--python', pythonSaying({})),
      /has no PyTorch .*: leave out `--python`/
    ],
    ['a Python that is not there', () => setUp('--python', '/nowhere/python'), /\/nowhere\/python/],
    ['an option that it does not know', () => setUp('--gpu'), 'npm run setup:torch -- [--cuda]'],
    [
      'a compiler that fails, with what it said',
      () => build('echo "a.cc:1: error: no C++20 here"; exit 1'),
      /^The addon for PyTorch 2\.15\.0 could not be built \(error: no C\+\+20 here\): /
    ],
    [
      'an addon that cannot be loaded',
      () => build('while [ "$1" != -o ]; do shift; done; echo nothing > "$2"'),
      /^PyTorch 2\.15\.0 could not be loaded \(.*\): run `npm run setup:torch -- --fresh`/
    ]
  ])('stops at %s', async (_, run, sentence) => {
    await expect(run()).rejects.toThrow(sentence);
  });

  it.runIf(process.platform === 'linux')('needs a compiler, and says how to get one', async () => {
    const root = temporaryFolder();
    const torch = { command: 'python', version: '2.15.0', folder: root };
    const step = buildStep(
      { root, logFile: join(root, 'setup.log') },
      {
        ...{ find: () => Promise.resolve(torch), cuda: false, fresh: false },
        ...{ env: { PATH: root }, folder: root }
      }
    );
    await expect(step.run(() => undefined)).rejects.toThrow(
      /^No C\+\+ compiler was found \(tried g\+\+, c\+\+, clang\+\+\): install one/
    );
  });

  it('fetches of CUDA only what the library for processors names', () => {
    const lines = ['filelock', 'cuda-toolkit[cublas,cudart,cufft]==13.2.0'];
    expect(runtimePackages(lines)).toEqual(['cuda-toolkit[cudart,cupti]==13.2.0']);
    expect(
      runtimePackages(['nvidia-cuda-runtime-cu12==12.8.90', 'nvidia-nccl-cu12==2.27'])
    ).toEqual(['nvidia-cuda-runtime-cu12==12.8.90']);
  });
});

describe('An engine that wants PyTorch', () => {
  /** What the set-up leaves behind, for a PyTorch that is `version` today. */
  function left(version: string, [name, content] = ['aten.node', 'nothing']): string {
    const folder = temporaryFolder();
    const torch = join(folder, 'torch');
    mkdirSync(torch);
    writeFileSync(join(torch, 'version.py'), `__version__ = '${version}'\n`);
    const addon = join(folder, name);
    writeFileSync(addon, content);
    const setup = { addon, torch, version: '2.15.0', cuda: false };
    writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup));
    return folder;
  }

  it.each<[string, () => string, RegExp]>([
    ['no set-up', temporaryFolder, /^PyTorch has not been set up here: run `npm run setup:torch`/],
    [
      'another PyTorch than the addon was built for',
      () => left('2.14.1'),
      /^The addon was built for PyTorch 2\.15\.0, and .* is PyTorch 2\.14\.1 now: run `npm run setup:torch`/
    ],
    [
      'an addon that is broken',
      () => left('2.15.0'),
      /^PyTorch 2\.15\.0 could not be loaded \(.*\): run `npm run setup:torch -- --fresh`/
    ],
    [
      'an addon that is older than the library',
      () =>
        left('2.15.0', [
          'aten.cjs',
          'exports.threads = exports.pin = exports.told = exports.onFull = () => 1;'
        ]),
      /^PyTorch 2\.15\.0 could not be loaded \(.*older version, without fetch and bring\): run `npm/
    ]
  ])('says what to do with %s', (_, folder, sentence) => {
    expect(() => load(folder())).toThrow(sentence);
  });
});
