/** `npm run setup:torch`: PyTorch into `.venv`, and the addon that calls it. */
import { parseArgs } from 'node:util';
import { runSteps } from '../../../../bin/bootstrap/steps.mjs';
import { venvExecutable } from '../../../platform.js';
import { venvFolder, type Place } from '../place.js';
import { venvStep } from '../venv.js';
import { buildStep } from './build.js';
import { requireTorch } from './find.js';
import { torchPackagesStep } from './packages.js';
import { assertUsable, type FoundTorch } from './versions.js';

/**
 * Installs and builds what is missing. Options: `--cuda` (NVIDIA's libraries too, 2.5 GB), `--python COMMAND` (the PyTorch
 * that this Python has; nothing is installed), `--fresh` (all of it anew). Resolves to the exit code.
 */
export async function setupTorch(place: Place & { readonly args: readonly string[] }) {
  const { values } = parseArgs({
    args: [...place.args],
    options: {
      cuda: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      python: { type: 'string' }
    }
  });
  const { cuda, fresh, python } = values;
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
