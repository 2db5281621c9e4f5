/** How every contender that runs in Node is timed: as the C and the Python program time theirs. */
import { keyOf, type Job } from './job.js';

/** The k-th call of a batch. */
export type TimedCall = (k: number) => Promise<unknown>;

/** The milliseconds a call of each batch on this rank; a batch begins when all ranks have come to it. */
export async function timeBatches(
  { batch, warmUps, batches }: Job,
  call: TimedCall,
  barrier: () => Promise<void>
): Promise<number[]> {
  const times: number[] = [];
  for (let k = -warmUps; k < batches; k++) {
    await barrier();
    const started = performance.now();
    for (let step = 0; step < batch; step++) await call(step);
    if (k >= 0) times.push((performance.now() - started) / batch);
  }
  return times;
}

/** Times by the key of a job, as they travel between processes. */
export type TimesEntries = [key: string, times: number[]][];

/** Of each batch the time of the slowest rank. */
export function slowest(ranks: readonly TimesEntries[]): ReadonlyMap<string, number[]> {
  const maps = ranks.map(entries => new Map(entries));
  return new Map(
    ranks[0].map(([key, list]) => [
      key,
      list.map((_, k) => Math.max(...maps.map(times => times.get(key)?.[k] ?? 0)))
    ])
  );
}

/** The distance to the peer in step k of the one-peer exponential graph: 1, 2, 4 … and again. */
export function onePeerDistance(size: number, step: number): number {
  return 2 ** (step % Math.max(1, Math.ceil(Math.log2(size))));
}

/**
 * A benchmark of wrong sums would be worth nothing.
 * @throws if the first or the last entry is not as expected
 */
export function assertEntries(job: Job, y: ArrayLike<number>, expected: number): void {
  for (const entry of [y[0], y[y.length - 1]]) {
    if (Math.abs(entry - expected) <= 1e-5 * expected) continue;
    throw new Error(`${keyOf(job)}: ${entry} in place of ${expected}`);
  }
}
