/**
 * Checkpoints of a training run: `folder/step-120/rank-3.checkpoint`, one file a rank, the two newest steps. A run that was
 * killed goes on from the newest step that all ranks have, to the same bits as one that was not.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Communicator } from '../../communicator/communicator.js';
import { DecentLabError } from '../../../errors.js';
import { readCheckpointFile, writeCheckpointFile } from './checkpoint-file.js';
import type { DistributedOptimizer } from './distributed-optimizer.js';
import type { Snapshot } from './snapshot.js';

/** While the newest is being written, the one before must be there on all ranks. */
const KEPT = 2;

interface Saved<T> {
  readonly rank: number;
  readonly size: number;
  readonly snapshot: Snapshot;
  readonly extra: T;
}

/**
 * Saves the run, on all ranks together: parameters, statistics, momenta, step, and what else is given.
 * @param folder the same for all ranks, or one a machine
 * @param extra plain data that the loop needs to go on: positions of random streams (`stream.state()`), of the data, …
 */
export async function saveCheckpoint(
  folder: string,
  optimizer: DistributedOptimizer,
  extra?: unknown
): Promise<void> {
  const { communicator, k } = optimizer;
  const { rank, size } = communicator;
  const snapshot = await optimizer.snapshot();
  await writeCheckpointFile(fileOf(folder, k, rank), { rank, size, snapshot, extra });
  // Only once all have the new one, an old one may go.
  await communicator.barrier();
  const steps = await savedSteps(folder, rank);
  await remove(folder, rank, steps.filter(step => step !== k).slice(KEPT - 1));
}

/**
 * Goes on from the newest checkpoint that all ranks have, on all ranks together.
 * @returns the `extra` that was saved with it; undefined if there is none yet, and nothing was changed
 * @throws FILE_INVALID for a damaged file; CHECKPOINT_OTHER for that of another model, algorithm or number of ranks
 */
export async function loadCheckpoint<T = unknown>(
  folder: string,
  optimizer: DistributedOptimizer
): Promise<T | undefined> {
  const { communicator } = optimizer;
  const { rank, size } = communicator;
  const steps = await savedSteps(folder, rank);
  const step = await leastOfAll(communicator, steps[0] ?? -1);
  if (step < 0) return undefined;
  const path = fileOf(folder, step, rank);
  const saved = (await readCheckpointFile(path)) as Saved<T>;
  assertRank(`The checkpoint ${path}`, saved, { rank, size });
  await optimizer.restore(saved.snapshot, `The checkpoint ${path}`);
  await remove(
    folder,
    rank,
    steps.filter(other => other > step)
  );
  return saved.extra;
}

const STEP = /^step-(\d+)$/;

function fileOf(folder: string, step: number, rank: number): string {
  return join(folder, `step-${step}`, `rank-${rank}.checkpoint`);
}

/** The steps of which this rank has a file, the newest first. */
async function savedSteps(folder: string, rank: number): Promise<number[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const steps = names.map(name => STEP.exec(name)?.[1]).filter(step => step !== undefined);
  const own = await Promise.all(
    steps.map(async step => {
      const files = await readdir(join(folder, `step-${step}`)).catch((): string[] => []);
      return files.includes(`rank-${rank}.checkpoint`) ? [Number(step)] : [];
    })
  );
  return own.flat().sort((a, b) => b - a);
}

async function remove(folder: string, rank: number, steps: readonly number[]): Promise<void> {
  for (const step of steps) {
    await rm(fileOf(folder, step, rank), { force: true });
    const place = join(folder, `step-${step}`);
    const left = await readdir(place).catch(() => undefined);
    // Another rank may have been quicker.
    if (left?.length === 0) await rm(place, { recursive: true, force: true });
  }
}

async function leastOfAll(communicator: Communicator, own: number): Promise<number> {
  const all = new Float64Array(communicator.size);
  all[communicator.rank] = own;
  return Math.min(...(await communicator.allreduce(all, { average: false })));
}

function assertRank(
  what: string,
  saved: { rank: number; size: number },
  own: { rank: number; size: number }
): void {
  if (saved.rank === own.rank && saved.size === own.size) return;
  const named = (one: typeof own): string => `rank ${one.rank} of ${one.size}`;
  throw new DecentLabError('CHECKPOINT_OTHER', { what, saved: named(saved), own: named(own) });
}
