/** `decentlab doctor`: the checks of the set-up as a list, each with its remedy. */
import { buildSteps } from '../../../bin/bootstrap/build.mjs';
import { dependenciesStep } from '../../../bin/bootstrap/dependencies.mjs';
import { nodeTooOld } from '../../../bin/bootstrap/node-version.mjs';
import type { Step } from '../../../bin/bootstrap/steps.mjs';
import { checkBackends } from './doctor-backends.js';
import { currentPlace, isCheckout } from '../setup/place.js';
import { setupPlan } from '../setup/plan.js';
import { findPython } from '../setup/python.js';
import { readArguments } from './arguments.js';
import type { Command } from './command.js';

const USAGE = 'decentlab doctor [--json]';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What to do; empty when all is well. */
  readonly remedy: string;
  /** Nobody has to have it: that it is absent is no fault. */
  readonly isOptional?: boolean;
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'Lists what is set up, and the remedy for what is not.',
  usage: USAGE,
  async run(args) {
    const { values } = readArguments(args, { json: { type: 'boolean' } }, USAGE);
    const checks = await examine();
    const ok = checks.every(check => check.ok || check.isOptional === true);
    if (values.json) console.log(JSON.stringify({ ok, checks }));
    else console.log(checks.map(describe).join('\n'));
    return ok ? 0 : 1;
  }
};

/** Makes all checks; changes nothing. */
export async function examine(): Promise<Check[]> {
  const place = currentPlace();
  const ofCheckout = isCheckout(place.root) ? [dependenciesStep(place), ...buildSteps(place)] : [];
  const steps = await Promise.all([...ofCheckout, ...setupPlan(place)].map(checkStep));
  return [checkNode(), await checkPython(), ...steps, ...(await checkBackends())];
}

function checkNode(): Check {
  const sentence = nodeTooOld();
  return {
    name: `Node ${process.versions.node}`,
    ok: sentence === undefined,
    remedy: sentence ?? ''
  };
}

async function checkPython(): Promise<Check> {
  try {
    const { command, version } = await findPython();
    return { name: `Python ${version} (${command})`, ok: true, remedy: '' };
  } catch (error) {
    return { name: 'Python', ok: false, remedy: error instanceof Error ? error.message : '' };
  }
}

async function checkStep(step: Step): Promise<Check> {
  const ok = await step.isDone();
  const remedy = ok ? '' : `\`npm start\` does it; if it cannot, ${step.remedy}`;
  return { name: step.name, ok, remedy };
}

function describe({ name, ok, remedy, isOptional = false }: Check): string {
  return ok ? `✓ ${name}` : `${isOptional ? '–' : '✗'} ${name}: ${remedy}`;
}
