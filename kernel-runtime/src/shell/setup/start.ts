/** `npm start`: the compiled part of the set-up, then JupyterLab. */
import { runSteps } from '../../../bin/bootstrap/steps.mjs';
import { runLab } from './lab.js';
import { startOptions } from './options.js';
import type { Place } from './place.js';
import { setupPlan } from './plan.js';
import { requireFreePort } from './port.js';

/** Sets up what is missing, then runs JupyterLab until it is ended. Resolves to the exit code. */
export async function start(place: Place & { readonly args: readonly string[] }): Promise<number> {
  const options = startOptions(place.args);
  if (options.port) await requireFreePort(options.port);
  await runSteps(setupPlan(place));
  return runLab(place.root, options, url => {
    console.log(`JupyterLab is at ${url}\nCtrl-C ends it; its log is lab.log.`);
  });
}
