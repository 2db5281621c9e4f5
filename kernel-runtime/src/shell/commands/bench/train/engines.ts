/** A training step of DecentLaM with ResNet-20 on 1, 2, 4 and 8 engines: the whole of it, its gradient and its exchange. */
import { Cluster } from '../../../../cluster/client/cluster.js';
import { availableCores } from '../../../../platform.js';
import { programUrl } from '../../../../package.js';
import { toFigure } from '../statistics.js';
import type { Figure, Measured, SuiteContext } from '../suite.js';
import type { TrainTimes } from './engine-side.js';

const ENGINES = [1, 2, 4, 8];
const BATCH = 8;
const STEPS = 3;
const ENGINE_SIDE = programUrl('bench/train-engine').href;

const PARTS = {
  step: 'DecentLaM step',
  gradient: 'its gradient alone',
  exchange: 'its exchange alone',
  after: 'SGD step, its exchange after the gradient (adapt-then-combine)',
  beside: 'SGD step, its exchange beside the gradient (adapt-with-combine)'
} as const;
/** No overlap, by layer or whole, can make a step shorter than that. */
const SHARE = 'part of the step that its exchange alone is';

/** Six figures for each number of engines, on the fastest backend; all engines share this machine's cores. */
export async function measureEngines(context: SuiteContext): Promise<Measured> {
  const { only = '', nodes = ENGINES, progress } = context;
  const figures: Figure[] = [];
  const notes: string[] = [];
  for (const n of nodes) {
    const titles = [...Object.values(PARTS), SHARE].map(part => titleOf(part, n));
    if (!titles.some(title => title.includes(only))) continue;
    progress(`ResNet-20 on ${n} engines`);
    try {
      const ranks = await measureOn(n);
      for (const [key, part] of Object.entries(PARTS)) {
        const what = titleOf(part, n);
        if (what.includes(only)) figures.push(slowest(what, ranks, key as keyof TrainTimes));
      }
      if (titleOf(SHARE, n).includes(only)) figures.push(shareOf(titleOf(SHARE, n), ranks));
    } catch (error) {
      notes.push(`ResNet-20 on ${n} engines: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  if (figures.length > 0)
    notes.push(`more engines than the ${availableCores()} cores of this machine side by side`);
  return { figures, notes };
}

function titleOf(part: string, n: number): string {
  return `${part}, ResNet-20, batch ${BATCH} an engine, ring of ${n}`;
}

async function measureOn(engines: number): Promise<TrainTimes[]> {
  const cluster = await Cluster.start({ name: null, engines });
  try {
    return await cluster.apply(timeOnEngine, ENGINE_SIDE, { batch: BATCH, steps: STEPS });
  } finally {
    await cluster.stop();
  }
}

function slowest(what: string, ranks: readonly TrainTimes[], part: keyof TrainTimes): Figure {
  return toFigure({ what, unit: 'ms', values: { ours: slowestTimes(ranks, part) } });
}

/** Time in exchange against the whole step, which is compute for the rest. */
function shareOf(what: string, ranks: readonly TrainTimes[]): Figure {
  const [exchange, step] = (['exchange', 'step'] as const).map(part => slowestTimes(ranks, part));
  const ours = exchange.map((ms, k) => (100 * ms) / step[k]);
  return toFigure({ what, unit: '%', values: { ours } });
}

/** A step takes as long as it takes the slowest rank. */
function slowestTimes(ranks: readonly TrainTimes[], part: keyof TrainTimes): number[] {
  return ranks[0][part].map((_, k) => Math.max(...ranks.map(times => times[part][k])));
}

/** Travels as text: an engine imports the module from this installation. */
async function timeOnEngine(
  url: string,
  job: { batch: number; steps: number }
): Promise<TrainTimes> {
  const { $import } = globalThis as unknown as { $import(url: string): Promise<unknown> };
  const { timeTraining } = (await $import(url)) as typeof import('./engine-side.js');
  return timeTraining(job);
}
