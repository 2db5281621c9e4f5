/** `npm run setup:torch`: PyTorch into `.venv`, and the addon that calls it. */
import { parseArgs } from 'node:util';
import { runSteps } from '../../../../bin/bootstrap/steps.mjs';
import { DecentLabError } from '../../../errors.js';
import { hasNvidia } from '../../../mathematics/tensor/devices.js';
import { venvExecutable } from '../../../platform.js';
import { venvFolder, type Place } from '../place.js';
import { venvStep } from '../venv.js';
import { buildStep } from './build.js';
import { requireTorch } from './find.js';
import { torchPackagesStep } from './packages.js';
import { assertUsable, type FoundTorch } from './versions.js';

const USAGE = 'npm run setup:torch -- [--cuda] [--python COMMAND] [--fresh]';

/**
 * Installs and builds what is missing. Options: `--cuda` (NVIDIA's libraries too, 2.5 GB), `--python COMMAND` (the PyTorch
 * that this Python has; nothing is installed), `--fresh` (all of it anew). Resolves to the exit code.
 * @throws OPTION_INVALID, TORCH_DRIVER before anything is fetched; PYTHON_MISSING, TORCH_MISSING, TORCH_PYTHON,
 * TORCH_VERSION, TORCH_COMPILER, TORCH_BUILD, TORCH_LOAD, TORCH_GPU
 */
export async function setupTorch(
  place: Place & { readonly args: readonly string[] }
): Promise<number> {
  const { cuda, fresh, python } = readOptions(place.args);
  if (cuda && !hasNvidia()) throw new DecentLabError('TORCH_DRIVER', { wanted: '`--cuda`' });
  const command = python ?? venvExecutable(venvFolder(place.root), 'python');
  const find = async (): Promise<FoundTorch> => {
    const torch = await requireTorch(command);
    assertUsable(torch);
    return torch;
  };
  const install =
    python === undefined ? [venvStep(place), torchPackagesStep(place, { cuda, fresh })] : [];
  const worked = await runSteps([...install, buildStep(place, { find, cuda, fresh })]);
  const { version } = await find();
  console.log(
    `PyTorch ${version} is ${worked === 0 ? 'set up already' : 'ready'}: \`--backend torch\`.`
  );
  return 0;
}

function readOptions(args: readonly string[]): { cuda: boolean; fresh: boolean; python?: string } {
  const options = {
    cuda: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    python: { type: 'string' }
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    throw new DecentLabError('OPTION_INVALID', { received: args.join(' '), usage: USAGE });
  }
}
