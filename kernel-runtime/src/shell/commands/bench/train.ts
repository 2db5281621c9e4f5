/** `decentlab bench train`: steps of ResNet-20 on every backend beside torch, the data that feed them, 1 to 8 engines. */
import { backends } from '../../../mathematics/tensor/backends/table.js';
import { measureData } from './train/data.js';
import { measureEngines } from './train/engines.js';
import { measureSteps, stepTitles } from './train/steps.js';
import type { Measured, Suite, SuiteContext } from './suite.js';

export const suite: Suite = {
  name: 'train',
  summary:
    'Steps of ResNet-20 on every backend beside torch, the images that feed them, and 1 to 8 engines.',
  options: ['nodes', 'rounds', 'python'],
  measure
};

async function measure(context: SuiteContext): Promise<Measured> {
  const steps = await measureSteps(context);
  const fastest = steps.figures.reduce<(typeof steps.figures)[number] | undefined>(
    (best, figure) => (best && best.ours <= figure.ours ? best : figure),
    undefined
  );
  const data = await measureData(context, fastest);
  const engines = await measureEngines(context);
  const parts = [steps, data, engines];
  return {
    figures: parts.flatMap(({ figures }) => figures),
    notes: parts.flatMap(({ notes }) => notes),
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)) as Measured['versions']
  };
}

/** What is measured where all backends are set up. */
export const titles = stepTitles(backends.map(({ name }) => name));
