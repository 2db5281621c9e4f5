/** A word to 64 engines and their answers: what the number of engines costs. */
import { Cluster } from '../../../../cluster/client/cluster.js';
import { toFigure } from '../statistics.js';
import type { Figure, SuiteContext } from '../suite.js';
import type { Figures } from './figures.js';
import { ours } from './engines.js';
import { jobOf, keyOf, type Job } from './job.js';
import { runRanks } from './sockets/ranks.js';
import { targetOf } from './targets.js';
import { timeBatches } from './timing.js';

const ENGINES = 64;
const REACH_MS = 10;
const AIM_MS = 4;
const ROUNDS = 3;
/** One number: what counts is how many take part. */
const BYTES = 4;
const FROM_CLIENT = `${ENGINES} engines: a call of the client, and all answers`;
const AMONG_ENGINES = `${ENGINES} engines: broadcast of one number among them`;

/** The figures of 64 engines, unless other numbers of ranks were asked for. */
export async function measureManyEngines(context: SuiteContext): Promise<Figures> {
  const { only = '', nodes, rounds = ROUNDS, progress } = context;
  const wanted = [FROM_CLIENT, AMONG_ENGINES].filter(title => title.includes(only));
  if (wanted.length === 0 || (nodes && !nodes.includes(ENGINES))) return { figures: [], notes: [] };
  const values: Record<string, Record<string, number[]>> = {};
  const add = (title: string, name: string, times: readonly number[]): void =>
    void ((values[title] ??= {})[name] ??= []).push(...times);
  const job = {
    ...jobOf('broadcast', BYTES),
    batch: 10,
    warmUps: rounds === 1 ? 1 : 20,
    batches: 4
  };
  for (let round = 0; round < rounds; round++) {
    progress(`${ENGINES} engines, round ${round + 1} of ${rounds}`);
    const star = await runRanks({
      ...{ program: 'stock-star', transport: 'unix', variant: '' },
      ...{ ranks: ENGINES + 1, jobs: [job] }
    });
    for (const title of wanted) add(title, 'ws', star.get(keyOf(job))!);
    if (wanted.includes(FROM_CLIENT)) add(FROM_CLIENT, 'ours', await askFromClient(job));
    if (!wanted.includes(AMONG_ENGINES)) continue;
    const times = await ours.measure(ENGINES, [job]);
    add(AMONG_ENGINES, 'ours', times.get(keyOf(job))!);
  }
  const figures = wanted.map(what => figureOf(what, values[what]));
  return { figures, notes: [] };
}

function figureOf(what: string, values: Readonly<Record<string, readonly number[]>>): Figure {
  const figure = toFigure({ what, unit: 'ms', values });
  const against = `${REACH_MS} ms`;
  const target = { ours: 'ours', against, ratio: figure.ours / REACH_MS };
  if (what !== FROM_CLIENT) return figure;
  return { ...figure, targets: [targetOf({ ...target, reach: 1, aim: AIM_MS / REACH_MS })] };
}

async function askFromClient(job: Job): Promise<number[]> {
  const cluster = await Cluster.start({ engines: ENGINES, name: null });
  try {
    const nobody = (): Promise<void> => Promise.resolve();
    return await timeBatches(job, async () => cluster.apply(() => 1), nobody);
  } finally {
    await cluster.stop();
  }
}
