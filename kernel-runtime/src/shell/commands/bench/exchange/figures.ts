/** From contests to figures: what is wanted, what the machine has memory for, and how it is written down. */
import { toFigure } from '../statistics.js';
import type { Figure, SuiteContext } from '../suite.js';
import { compete, type Contender } from './contender.js';
import { describeSize, jobOf, keyOf, OPERATIONS, type Job, type Operation } from './job.js';
import { targetsOf } from './targets.js';

/** Vectors that a rank holds at once, at the most: x, the result, what arrives, and what is on its way. */
const VECTORS_A_RANK = 6;
/** Of the memory that is free, what a measurement may take. */
const MEMORY_SHARE = 0.8;
const GIGA = 1e9;
const ROUNDS = 3;
/** A reader of a first look should not take it for what the software can do. */
const FIRST_LOOK =
  'exchanges that are warm: one round is a first look, with few calls; `--rounds 2` or more measure what a training pays';

export interface Plan extends SuiteContext {
  readonly contenders: readonly Contender[];
  readonly ranks: number;
  readonly operations: readonly Operation[];
  readonly sizes: readonly number[];
  /** The name of a figure. */
  title(job: Job): string;
}

export interface Figures {
  readonly figures: Figure[];
  readonly notes: string[];
}

/** The figures of all wanted operations and sizes on so many ranks. */
export async function measureExchanges(plan: Plan): Promise<Figures> {
  const { contenders, ranks, operations, sizes, title, progress } = plan;
  const { only = '', rounds = ROUNDS } = plan;
  const notes: string[] = [];
  const jobs = operations
    .flatMap(operation => sizes.map(bytes => jobOf(operation, bytes, rounds === 1)))
    .filter(job => title(job).includes(only))
    .filter(job => {
      const lack = lackOfMemory(ranks, job.bytes);
      if (lack !== undefined) notes.push(`${title(job)}: ${lack}`);
      return lack === undefined;
    });
  if (jobs.length === 0) return { figures: [], notes };
  if (rounds === 1) notes.push(FIRST_LOOK);
  const outcome = await compete({ contenders, ranks, jobs, rounds, progress });
  const figures = jobs.map(job => {
    const results = outcome.results.get(keyOf(job))!;
    const targets = targetsOf({ ...job, ranks }, results);
    const { bytes } = job;
    const figure = { ...toFigure({ what: title(job), unit: 'ms', values: results }), bytes, ranks };
    return targets.length === 0 ? figure : { ...figure, targets };
  });
  return { figures, notes: [...notes, ...outcome.notes] };
}

/** Why vectors of this size would not fit; undefined if they do. */
export function lackOfMemory(
  ranks: number,
  bytes: number,
  available = process.availableMemory()
): string | undefined {
  const needed = ranks * bytes * VECTORS_A_RANK;
  if (needed <= MEMORY_SHARE * available) return undefined;
  const [wants, has] = [needed, available].map(size => (size / GIGA).toFixed(1));
  return `it takes ${wants} GB of memory, and ${has} GB are free`;
}

/** An operation in words with the size of its vectors, e.g. `ring, 1 MB`. */
export function titleOf({ operation, bytes }: Job): string {
  return `${OPERATIONS[operation]}, ${describeSize(bytes)}`;
}
