/**
 * Steps of ResNet-20 on each backend that is set up, one thread each, beside torch of Python. All do the same mathematics:
 * forward with the statistics of the batch and its moving averages (torch's of the variance divide by n − 1, the others' by
 * n), cross entropy, the gradients of all parameters and of nothing else, one step of momentum on all of them; the loss is
 * read at the end of each step. Twenty steps warm up, or 5 s of steps where these take longer.
 */
import { join } from 'node:path';
import { backends } from '../../../../mathematics/tensor/backends/table.js';
import type { Backend } from '../../../../mathematics/tensor/backends/backend.js';
import { presentKinds, type DeviceKind } from '../../../../mathematics/tensor/devices.js';
import { BACKEND_VARIABLE } from '../../../../mathematics/tensor/choice.js';
import { THREADS_VARIABLE } from '../../../../mathematics/tensor/threads.js';
import { packageRoot, programFile } from '../../../../package.js';
import type { StepTimes } from './step-program.js';
import { outputOf } from '../exchange/program.js';
import { median, toFigure } from '../statistics.js';
import { PYTHON_TORCH, torchPython } from '../torch-python.js';
import type { Figure, Measured, SuiteContext } from '../suite.js';

const BATCHES = [8, 32] as const;
/** Contenders take turns so many times. */
const ROUNDS = 2;
const SCRIPT = join(packageRoot, 'assets', 'bench', 'train.py');
/** Of `cpu`, whose step takes about a minute: measured on request only. */
const SLOW = 'cpu';

/** What both programs print. */
interface Timed extends Pick<StepTimes, 'times' | 'parameters' | 'device'> {
  /** Of torch. */
  readonly version?: string;
}

interface Contender {
  readonly name: string;
  measure(batch: number): Promise<Timed>;
}

/** At most so many times what it is measured against, by batch. */
const REACH: Readonly<Record<string, { against: string; most: Readonly<Record<number, number>> }>> =
  {
    torch: { against: PYTHON_TORCH, most: { 8: 1.2, 32: 1.2 } },
    tensorflow: { against: PYTHON_TORCH, most: { 8: 3, 32: 2 } },
    wasm: { against: 'tensorflow', most: { 8: 12, 32: 18 } }
  };

/** The names of the figures. */
export function stepTitles(names: readonly string[]): string[] {
  return BATCHES.flatMap(batch => names.map(name => titleOf(batch, name)));
}

/** A figure for each backend and batch; what is not set up or cannot do it is a note. */
export async function measureSteps(context: SuiteContext): Promise<Measured> {
  const { only = '', rounds = ROUNDS, progress, python } = context;
  const notes: string[] = [];
  const wanted = (batch: number, name: string): boolean => titleOf(batch, name).includes(only);
  const isAsked = BATCHES.some(batch => backends.some(({ name }) => wanted(batch, name)));
  if (!isAsked) return { figures: [], notes };
  const present = backends.filter(backend => isPresent(backend, only, notes));
  const torch = await torchContender(python, notes);
  // A backend that others are measured against takes part even where its own figure is not asked for.
  const isNeeded = ({ name }: Backend): boolean =>
    Object.hasOwn(REACH, name) || BATCHES.some(batch => wanted(batch, name));
  const ours = present.filter(isNeeded).map(oursOn);
  let contenders = [...ours, ...(torch ? [torch.contender] : [])];
  const samples = new Map<string, number[]>();
  for (const batch of BATCHES) {
    if (!present.some(({ name }) => wanted(batch, name))) continue;
    for (let round = 1; round <= rounds; round++) {
      for (const contender of contenders) {
        progress(`ResNet-20, batch ${batch}, round ${round} of ${rounds}: ${contender.name}`);
        try {
          const { times, parameters } = await contender.measure(batch);
          assertSame(contender.name, parameters);
          const key = titleOf(batch, contender.name);
          samples.set(key, [...(samples.get(key) ?? []), ...times]);
        } catch (error) {
          notes.push(`ResNet-20 on ${contender.name}: ${reasonOf(error)}`);
          contenders = contenders.filter(other => other !== contender);
        }
      }
    }
  }
  const figures = BATCHES.flatMap(batch =>
    present
      .filter(({ name }) => wanted(batch, name) && samples.has(titleOf(batch, name)))
      .map(({ name }) => figureOf(batch, name, samples))
  );
  return { figures, notes, versions: torch ? { [PYTHON_TORCH]: torch.version } : {} };
}

function titleOf(batch: number, name: string): string {
  return `ResNet-20 step, batch ${batch}, ${name}`;
}

function isPresent(backend: Backend, only: string, notes: string[]): boolean {
  const missing = backend.missing();
  if (missing) {
    notes.push(`${backend.name}: ${missing.reason}. ${missing.remedy}`);
    return false;
  }
  if (backend.name !== SLOW || only.includes(SLOW)) return true;
  notes.push(`${SLOW}: a step takes about a minute; \`--only ${SLOW}\` measures it`);
  return false;
}

function oursOn({ name, kinds, emulates }: Backend): Contender {
  const isSlow = name === SLOW || emulates?.(kinds()[0]);
  const env = { ...process.env, [BACKEND_VARIABLE]: name, [THREADS_VARIABLE]: '1' };
  return {
    name,
    measure: async batch => {
      const steps = isSlow ? '1' : '10';
      const command = [process.execPath, programFile('bench/train-step'), String(batch), steps];
      return JSON.parse(await outputOf(command, { env })) as Timed;
    }
  };
}

/** torch on the device that the backends use: a GPU where there is one, else one thread of the processor. */
async function torchContender(
  named: string | undefined,
  notes: string[]
): Promise<{ contender: Contender; version: string } | undefined> {
  const kind: DeviceKind = presentKinds()[0];
  const { command, env } = await torchPython(named);
  const measure = async (batch: number, steps = 10): Promise<Timed> => {
    const words = [command, SCRIPT, String(batch), String(steps), kind];
    return JSON.parse(await outputOf(words, { env })) as Timed;
  };
  try {
    const { version, device } = await measure(1, 1);
    return { contender: { name: PYTHON_TORCH, measure }, version: `${version} on ${device}` };
  } catch {
    notes.push(`${PYTHON_TORCH}: ${command} has none; name another interpreter with --python`);
    return undefined;
  }
}

/** A bench that compared two different networks would be worth nothing. */
function assertSame(name: string, parameters: number): void {
  const RESNET_20 = 269_722;
  if (parameters !== RESNET_20)
    throw new Error(`its network has ${parameters} parameters, not ${RESNET_20} (${name})`);
}

function figureOf(
  batch: number,
  name: string,
  samples: ReadonlyMap<string, readonly number[]>
): Figure {
  const timesOf = (other: string): readonly number[] => samples.get(titleOf(batch, other)) ?? [];
  const others = [PYTHON_TORCH, ...Object.keys(REACH)].filter(other => other !== name);
  const values = {
    ours: timesOf(name),
    ...Object.fromEntries(others.map(other => [other, timesOf(other)]))
  };
  const figure = toFigure({ what: titleOf(batch, name), unit: 'ms', values });
  const { against, most } = REACH[name] ?? {};
  const reference = against === undefined ? [] : timesOf(against);
  if (most === undefined || reference.length === 0) return figure;
  const reach = most[batch];
  return {
    ...figure,
    reach: `<= ${reach}x ${against}`,
    met: figure.ours <= reach * median(reference)
  };
}

/** What the program said last, without how it ended. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return lines.at(-2) ?? lines[0];
}
