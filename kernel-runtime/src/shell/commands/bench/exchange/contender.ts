/** Contenders take turns on the same jobs, so that what else the machine does meets all of them alike. */
import { OPERATIONS, keyOf, type Job, type Operation, type Times } from './job.js';

/** Something that can make the exchanges: ours, MPI, gloo, plain sockets. */
export interface Contender {
  readonly name: string;
  readonly operations: readonly Operation[];
  /** Starts so many ranks, runs the jobs, and ends them again. */
  measure(ranks: number, jobs: readonly Job[]): Promise<Times>;
}

export interface Contest {
  readonly contenders: readonly Contender[];
  readonly ranks: number;
  readonly jobs: readonly Job[];
  readonly rounds: number;
  progress(line: string): void;
}

/** The times of one job, by the contender's name. */
export type Results = Record<string, number[]>;

export interface Outcome {
  /** By the key of the job. */
  readonly results: ReadonlyMap<string, Results>;
  /** Who failed, and why; the first of `contenders` may not fail. */
  readonly notes: string[];
}

/** Runs the jobs with all contenders in several rounds. @throws what the first contender throws */
export async function compete(contest: Contest): Promise<Outcome> {
  const { contenders, ranks, rounds, progress } = contest;
  const results = new Map(contest.jobs.map(job => [keyOf(job), {}]));
  const notes = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const jobs = contest.jobs.filter(({ operation }) => contender.operations.includes(operation));
      if (jobs.length === 0 || notes.has(contender.name)) continue;
      progress(`${ranks} ranks, round ${round + 1} of ${rounds}: ${contender.name}`);
      try {
        collect(results, contender.name, await contender.measure(ranks, jobs));
      } catch (error) {
        if (contender === contenders[0]) throw error;
        notes.set(contender.name, `${contender.name} on ${ranks} ranks: ${lastLine(error)}`);
      }
    }
  }
  return { results, notes: [...notes.values()] };
}

function collect(results: ReadonlyMap<string, Results>, name: string, times: Times): void {
  for (const [key, list] of times) (results.get(key)![name] ??= []).push(...list);
}

function lastLine(error: unknown): string {
  const { message } = error as Error;
  return message.trim().split('\n').at(-1) ?? '';
}

/** All operations but the one between two ranks. */
export const collectiveOperations = Object.keys(OPERATIONS).filter(
  name => name !== 'point'
) as Operation[];
