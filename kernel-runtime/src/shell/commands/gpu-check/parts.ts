/** The parts of `decentlab gpu-check` beside its backends, and what came of each. */
import type { DeviceKind } from '../../../mathematics/tensor/devices.js';
import { addonPart } from './addon-part.js';
import { cifarPart } from './cifar-part.js';
import { betweenPart, exchangePart } from './exchange-part.js';
import { operationsPart } from './operations-part.js';
import type { Part, PartContext, PartOutcome } from './part.js';
import { speedPart } from './speed-part.js';
import { suitePart } from './suite-part.js';

export const parts: readonly Part[] = [
  addonPart,
  suitePart,
  operationsPart,
  speedPart,
  exchangePart,
  betweenPart,
  cifarPart
];

/** One part: what it has shown, or why it could not. */
export interface PartRow extends Partial<PartOutcome> {
  readonly part: string;
  readonly shows: string;
  /** What it ran on; undefined if it did not run. */
  readonly kind?: DeviceKind;
  readonly unmeasured?: string;
  readonly error?: string;
}

/** What keeps the parts from running on a device of this kind; undefined if nothing does. */
export type Obstacle = string | undefined;

/** Runs a part, or says why not. */
export async function runPart(
  part: Part,
  obstacle: Obstacle,
  context: PartContext
): Promise<PartRow> {
  const row = { part: part.name, shows: part.shows };
  if (obstacle !== undefined) return { ...row, unmeasured: obstacle };
  const progress = (line: string): void => context.progress(`${part.name}: ${line}`);
  try {
    return { ...row, kind: context.kind, ...(await part.run({ ...context, progress })) };
  } catch (failure) {
    const said = failure instanceof Error ? failure.message : String(failure);
    const error = /\w*Error: .*/.exec(said)?.[0] ?? said.trim().split('\n').slice(-2).join(' ');
    return { ...row, kind: context.kind, error };
  }
}

/** Whether nothing was wrong with it. */
export function isPartSound({ error, isRight = true }: PartRow): boolean {
  return error === undefined && isRight;
}

/** A part in words, some lines. */
export function partInWords({
  part,
  shows,
  kind,
  unmeasured,
  error,
  lines = []
}: PartRow): string[] {
  if (unmeasured !== undefined) return [`– ${part} (${shows}): not measured: ${unmeasured}`];
  if (error !== undefined) return [`✗ ${part}: ${error}`];
  const where = kind === 'cpu' ? ' on the processor, a rehearsal' : '';
  return [`${part}${where}: ${shows}`, ...lines.map(line => `  ${line}`)];
}
