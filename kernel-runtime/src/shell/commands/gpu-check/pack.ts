/**
 * `decentlab gpu-check --pack`: one archive for a host that has a GPU, PyTorch and a compiler, and neither Node nor a
 * network: Node itself, what is built, the addon's sources with Node's headers, TensorFlow.js, and the checks.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { DecentLabError } from '../../../errors.js';
import { cifar10Folder } from '../../../laboratory/experiments/cifar10-folder.js';
import {
  CIFAR_FOLDER,
  CIFAR_RECORD,
  cifar10Files
} from '../../../mathematics/problems/data/cifar10-files.js';
import { packageRoot } from '../../../package.js';
import { outputOf } from '../bench/exchange/program.js';

/** What the checks import, and with it whatever that depends on. */
const PACKAGES = [
  ...['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@types/node', 'es-module-lexer'],
  ...['fflate', 'jasmine-core', 'ml-matrix', 'node-api-headers', 'tsover'],
  // The set-up runs unbundled.
  ...['import-meta-resolve', '@jridgewell/trace-mapping', 'msgpackr', 'ws']
];
const OWN = ['package.json', 'bin', 'dist', 'assets', 'torch'];
const CHECKS = ['notebooks/cifar10-large-batch', 'test/tfjs'];
/** TensorFlow.js has every module in ten versions; Node reads this one. */
const OF_TENSORFLOW = /(\.node\.js|\.d\.ts|\.wasm|package\.json|LICENSE)$/;
const SUITE = 'suite.bundle.mjs';
/** 200 MB are pressed hard, which takes a busy machine its time. */
const LIMIT_MS = 3_600_000;
/** Images of each file: 10,000 to train with, 34 MB of what can hardly be compressed. */
const IMAGES = { train: 2000, test: 1000 };

const START = `#!/bin/sh
# Builds the addon against the PyTorch of PYTHON (default: python3) and runs decentlab gpu-check; arguments are its options.
cd "$(dirname "$0")" || exit 1
export PATH="$PWD/bin:$PATH" DECENTLAB_NATIVE="$PWD/native"
[ -d cifar10 ] && set -- --data "$PWD/cifar10" "$@"
cuda=
[ -e /dev/nvidia0 ] || [ -d /proc/driver/nvidia/gpus ] && cuda=--cuda
node set-up.mjs --python "\${PYTHON:-python3}" $cuda || exit 1
exec node kernel-runtime/bin/decentlab.mjs gpu-check --only addon,tfjs-core,operations,speed,exchange,device-to-device,cifar10 "$@"
`;

const SET_UP = `import { setupTorch } from './kernel-runtime/dist/shell/setup/torch/setup.js';
import { fileURLToPath } from 'node:url';
const root = fileURLToPath(new URL('.', import.meta.url));
try {
  process.exitCode = await setupTorch({ root, logFile: root + '/setup.log', args: process.argv.slice(2) });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
`;

export interface PackOptions {
  /** The archive, `NAME.tar.xz`. */
  readonly file: string;
  /** A folder with CIFAR-10's binary files, of which a fifth is packed too. Defaults to that of `cifar10Folder()`. */
  readonly data?: string | undefined;
  progress(line: string): void;
}

/** Writes the archive; its size in bytes. @throws OPTION_INVALID for another name or outside a checkout */
export async function pack({ file, data, progress }: PackOptions): Promise<number> {
  const root = dirname(packageRoot);
  const name = /^([\w.-]+)\.tar\.xz$/.exec(basename(file))?.[1];
  if (name === undefined || !CHECKS.every(path => existsSync(join(root, path)))) {
    const usage = '`--pack NAME.tar.xz`, in a checkout of DecentLab';
    throw new DecentLabError('OPTION_INVALID', { received: `--pack ${file}`, usage });
  }
  const staging = mkdtempSync(join(tmpdir(), 'decentlab-pack-'));
  try {
    const folder = join(staging, name);
    progress('Node, the library and what it imports');
    fill(folder, root);
    progress('the test-suite of tfjs-core');
    const suite = join(root, 'test', 'tfjs', 'suite.mjs');
    const bundle = join(folder, 'test', 'tfjs', SUITE);
    await outputOf([process.execPath, suite, 'torch', '--bundle', bundle]);
    const images = data ?? (await imagesOfThisUser(progress));
    if (images !== undefined) copyImages(images, join(folder, 'cifar10'));
    progress('the archive');
    const env = { ...process.env, XZ_OPT: process.env['XZ_OPT'] ?? '-6 -T0' };
    await outputOf(['tar', '-C', staging, '-cJf', resolve(file), name], { env, limitMs: LIMIT_MS });
    return statSync(file).size;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function fill(folder: string, root: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  cpSync(process.execPath, join(folder, 'bin', 'node'));
  const withoutMaps = (path: string): boolean => !path.endsWith('.map');
  for (const part of OWN) {
    const to = join(folder, 'kernel-runtime', part);
    cpSync(join(packageRoot, part), to, { recursive: true, filter: withoutMaps });
  }
  for (const path of CHECKS) cpSync(join(root, path), join(folder, path), { recursive: true });
  const modules = join(folder, 'node_modules');
  for (const one of closure(join(root, 'node_modules'), PACKAGES)) copyPackage(one, modules);
  symlinkSync('../kernel-runtime', join(modules, 'decentlab'));
  // By which the bundle of the suite knows where it is.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  writeFileSync(join(folder, 'set-up.mjs'), SET_UP);
  writeFileSync(join(folder, 'check.sh'), START);
  chmodSync(join(folder, 'check.sh'), 0o755);
}

/** Undefined where they cannot be had: then the host needs them, or a network. */
async function imagesOfThisUser(progress: PackOptions['progress']): Promise<string | undefined> {
  try {
    return await cifar10Folder({ onProgress: progress });
  } catch (error) {
    progress(`${(error as Error).message} The archive is without images: \`--data FOLDER\`.`);
    return undefined;
  }
}

/** The first images of each file. */
function copyImages(from: string, to: string): void {
  const inner = join(from, CIFAR_FOLDER);
  const folder = existsSync(inner) ? inner : from;
  mkdirSync(to, { recursive: true });
  for (const set of ['train', 'test'] as const) {
    for (const name of cifar10Files[set]) {
      const records = readFileSync(join(folder, name)).subarray(0, IMAGES[set] * CIFAR_RECORD);
      writeFileSync(join(to, name), records);
    }
  }
}

/** A package with all that it depends on, by folder. */
function closure(modules: string, names: readonly string[]): { name: string; from: string }[] {
  const found = new Map<string, string>();
  const add = (name: string): void => {
    const from = join(modules, name);
    if (found.has(name) || !existsSync(from)) return;
    found.set(name, from);
    const text = readFileSync(join(from, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    Object.keys(dependencies).forEach(add);
  };
  names.forEach(add);
  return [...found].map(([name, from]) => ({ name, from }));
}

function copyPackage({ name, from }: { name: string; from: string }, modules: string): void {
  const isTensorflow = name.startsWith('@tensorflow/');
  const isWanted = (path: string): boolean =>
    statSync(path).isDirectory() ||
    (isTensorflow ? OF_TENSORFLOW.test(path) : !path.endsWith('.map'));
  cpSync(from, join(modules, name), { recursive: true, filter: isWanted });
}
