/** A word to 64 engines and their answers: what the number of engines costs. */
import { Cluster } from '../../../../cluster/client/cluster.js';
import { toFigure } from '../statistics.js';
import type { Figure, SuiteContext } from '../suite.js';
import type { Figures } from './figures.js';
import { timesOn } from './engines.js';
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

/** Calls that are timed together; unless it is a first look, what counts comes after two thousand, as V8 compiles until then. */
const BATCH = 10;
const BATCHES = 10;
const WARM_UPS = 200;
/** Of a call that takes several times as long. */
const AMONG_WARM_UPS = 100;
/** Of a first look, and of rounds on engines that are warm. */
const BRIEF_WARM_UPS = 5;
/** Engines between two lines that tell how many are there. */
const TOLD = 16;

/** Milliseconds by the title of a figure, and by whose they are. */
type Values = Record<string, Record<string, number[]>>;

/** The figures of 64 engines, unless other numbers of ranks were asked for. The engines serve all rounds. */
export async function measureManyEngines(context: SuiteContext): Promise<Figures> {
  const { only = '', nodes, rounds = ROUNDS, progress } = context;
  const wanted = [FROM_CLIENT, AMONG_ENGINES].filter(title => title.includes(only));
  if (wanted.length === 0 || (nodes && !nodes.includes(ENGINES))) return { figures: [], notes: [] };
  const warm = rounds === 1 ? BRIEF_WARM_UPS : WARM_UPS;
  const jobWith = (warmUps: number): Job => {
    return { ...jobOf('broadcast', BYTES), batch: BATCH, batches: BATCHES, warmUps };
  };
  const values: Values = {};
  const add = (title: string, name: string, times: readonly number[]): void =>
    void ((values[title] ??= {})[name] ??= []).push(...times);
  const cluster = await startEngines(progress);
  try {
    for (let round = 1; round <= rounds; round++) {
      const tell = (what: string): void =>
        progress(`${ENGINES} engines, round ${round} of ${rounds}: ${what}`);
      tell('ws, between one process and all others');
      const star = await timeStar(jobWith(warm));
      for (const title of wanted) {
        add(title, 'ws', star);
        tell(title.replace(/^.*: /, ''));
        const job = jobWith(round === 1 ? warm : BRIEF_WARM_UPS);
        add(title, 'ours', await MEASURES[title](cluster, job));
      }
    }
  } finally {
    await cluster.stop();
  }
  const figures = wanted.map(what => figureOf(what, values[what]));
  return { figures, notes: [] };
}

async function timeStar(job: Job): Promise<readonly number[]> {
  const star = { program: 'stock-star', transport: 'unix', variant: '' } as const;
  return (await runRanks({ ...star, ranks: ENGINES + 1, jobs: [job] })).get(keyOf(job))!;
}

function startEngines(progress: SuiteContext['progress']): Promise<Cluster> {
  return Cluster.start({
    ...{ engines: ENGINES, name: null },
    onProgress({ ready }) {
      if (ready % TOLD === 0) progress(`${ENGINES} engines: ${ready} are ready`);
    }
  });
}

type Measure = (cluster: Cluster, job: Job) => Promise<readonly number[]>;

const MEASURES: Record<string, Measure> = {
  [FROM_CLIENT]: (cluster, job) => timeBatches(job, async () => cluster.apply(() => 1), nothing),
  async [AMONG_ENGINES](cluster, job) {
    const own = { ...job, warmUps: Math.min(job.warmUps, AMONG_WARM_UPS) };
    return (await timesOn(cluster, [own])).get(keyOf(own))!;
  }
};

const nothing = (): Promise<void> => Promise.resolve();

function figureOf(what: string, values: Readonly<Record<string, readonly number[]>>): Figure {
  const figure = toFigure({ what, unit: 'ms', values });
  const against = `${REACH_MS} ms`;
  const target = { ours: 'ours', against, ratio: figure.ours / REACH_MS };
  if (what !== FROM_CLIENT) return figure;
  return { ...figure, targets: [targetOf({ ...target, reach: 1, aim: AIM_MS / REACH_MS })] };
}
