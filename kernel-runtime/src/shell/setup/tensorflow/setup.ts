/**
 * `npm run setup:tensorflow`: TensorFlow's wheel into `.venv`, and tfjs-node's binding built against it. What is done is
 * skipped, so that the command may be repeated; `--cuda` takes the wheel for GPUs of NVIDIA, `--fresh` begins anew.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { runSteps } from '../../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../../errors.js';
import { nativeFolder } from '../../../mathematics/tensor/backends/native-folder.js';
import { hasNvidia } from '../../../mathematics/tensor/devices.js';
import { isOnPath } from './on-path.js';
import type { Place } from '../place.js';
import { venvStep } from '../venv.js';
import { bindingStep, findCompiler } from './binding.js';
import { npmPackagesStep } from './npm-packages.js';
import { prove } from './prove.js';
import { assertPython, wheelStep } from './wheel.js';

const USAGE = '`npm run setup:tensorflow [-- --cuda] [-- --fresh]`';

/** tfjs-node's JavaScript and the sources of its binding; and what its messages are written with. */
const PACKAGES = [
  { name: '@tensorflow/tfjs-node-gpu', version: '4.22.0' },
  { name: 'google-protobuf', version: '3.21.4' }
];

/** Where the libraries of TensorFlow can be linked as they lie in the wheel. */
const PLATFORMS = ['linux-x64', 'linux-arm64'];

/**
 * Sets the backend up, and computes with it. Resolves to the exit code.
 * @throws TENSORFLOW_PLATFORM, TENSORFLOW_COMPILER, TENSORFLOW_DRIVER, TENSORFLOW_PYTHON: all before anything is fetched;
 * TENSORFLOW_BUILD, TENSORFLOW_LOAD
 */
export async function setupTensorflow(
  place: Place & { readonly args: readonly string[] }
): Promise<number> {
  const { cuda, fresh } = readOptions(place.args);
  const folder = nativeFolder('tensorflow');
  assertPlatform();
  const compiler = await findCompiler(process.env);
  if (cuda && !hasNvidia() && !isOnPath('nvidia-smi'))
    throw new DecentLabError('TENSORFLOW_DRIVER', {});
  if (fresh) rmSync(folder, { recursive: true, force: true });
  await runSteps([venvStep(place)]);
  await assertPython(place);
  await runSteps([
    wheelStep(place, { cuda, fresh }),
    npmPackagesStep(place, folder, PACKAGES),
    bindingStep(place, { compiler, folder, cuda })
  ]);
  console.log(await prove());
  return 0;
}

function readOptions(args: readonly string[]): { cuda: boolean; fresh: boolean } {
  try {
    const options = { cuda: { type: 'boolean' }, fresh: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return { cuda: values.cuda ?? false, fresh: values.fresh ?? false };
  } catch {
    throw new DecentLabError('OPTION_INVALID', { received: args.join(' '), usage: USAGE });
  }
}

function assertPlatform(): void {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) throw new DecentLabError('TENSORFLOW_PLATFORM', { platform });
}
