/**
 * What engines do for `decentlab bench`: the exchanges, by the public functions that cells use, timed on each rank. It
 * imports the package by its name, as a cell's module does: the engine's own instance knows the communicator.
 */
import {
  allreduce,
  barrier,
  broadcast,
  exponentialTwoGraph,
  inNeighborRanks,
  linkArray,
  neighborAllreduce,
  rank,
  ringGraph,
  setTopology,
  size
} from 'decentlab';
import { floatsOf, keyOf, type Job } from './job.js';
import {
  assertEntries,
  onePeerDistance,
  timeBatches,
  type TimedCall,
  type TimesEntries
} from './timing.js';

/** How the exchanges are called. */
export interface Calling {
  /** Arrays lie in link memory, and results are written into one of them. Defaults to false. */
  readonly isInPlace?: boolean;
  /** Ranks with a topology see that it is the same one. Defaults to true. */
  readonly isChecked?: boolean;
}

/**
 * Runs the jobs on this engine.
 * @throws if a result is wrong
 */
export async function timeJobs(jobs: readonly Job[], calling: Calling): Promise<TimesEntries> {
  const times: TimesEntries = [];
  for (const job of jobs) {
    const { call, expected } = begin(job, calling);
    let last: Float32Array | undefined;
    const keep: TimedCall = async k => (last = await call(k));
    times.push([keyOf(job), await timeBatches(job, keep, barrier)]);
    if (last) assertEntries(job, last, expected(job.batch - 1));
  }
  return times;
}

interface Exchange {
  /** The k-th call of a batch; undefined where this rank receives nothing. */
  readonly call: (k: number) => Promise<Float32Array | undefined>;
  /** What every entry of the result of the k-th call is, where x is rank + 1 on every rank. */
  readonly expected: (k: number) => number;
}

/** An exchange that two ranks have agreed on needs no check. */
const UNCHECKED = { enableTopoCheck: false } as const;
const half = { selfWeight: 0.5 } as const;

/** What is exchanged, and where the result goes. */
interface Vectors {
  readonly x: Float32Array;
  readonly into: { readonly out?: Float32Array };
}

function vectorsOf(length: number, isInPlace: boolean): Vectors {
  if (!isInPlace) return { x: new Float32Array(length).fill(rank() + 1), into: {} };
  const x = linkArray('float32', length).fill(rank() + 1);
  return { x, into: { out: linkArray('float32', length) } };
}

function begin(
  { operation, bytes }: Job,
  { isInPlace = false, isChecked = true }: Calling
): Exchange {
  const vectors = vectorsOf(floatsOf(bytes), isInPlace);
  const { x, into } = vectors;
  switch (operation) {
    case 'point':
      return pointToPoint(vectors);
    case 'one-peer':
      return {
        call: k => averageWithOnePeer(vectors, k),
        expected: k => averageOf([peers(k).from])
      };
    case 'static':
      setTopology(exponentialTwoGraph(size()));
      return averageOverTopology(vectors, isChecked);
    case 'ring':
      setTopology(ringGraph(size()));
      return averageOverTopology(vectors, isChecked);
    case 'allreduce':
      return { call: () => allreduce(x, into), expected: () => (size() + 1) / 2 };
    case 'broadcast':
      // As MPI's: what arrives is written over x.
      return { call: () => broadcast(x, 0, into.out ? { out: x } : {}), expected: () => 1 };
  }
}

function averageOverTopology({ x, into }: Vectors, isChecked: boolean): Exchange {
  const options = isChecked ? into : { ...into, ...UNCHECKED };
  return {
    call: () => neighborAllreduce(x, options),
    expected: () => averageOf(inNeighborRanks())
  };
}

function averageWithOnePeer({ x, into }: Vectors, step: number): Promise<Float32Array> {
  const { from, to } = peers(step);
  return neighborAllreduce(x, {
    ...into,
    ...UNCHECKED,
    ...half,
    srcWeights: { [from]: 0.5 },
    dstWeights: [to]
  });
}

/**
 * Rank 1 sends when rank 0 has asked for it with one number; rank 0 averages what arrives with its own. In place, both
 * write over x: 1 becomes 1.5, 1.75 and so on up to the 2 that arrives.
 */
function pointToPoint({ x, into }: Vectors): Exchange {
  const asking = new Float32Array(1);
  const place = into.out ? { out: x } : {};
  const send = { ...UNCHECKED, selfWeight: 1, srcWeights: {} };
  let calls = 0;
  const receives: Exchange['call'] = async () => {
    calls++;
    await neighborAllreduce(asking, { ...send, dstWeights: [1] });
    const receive = { ...UNCHECKED, ...half, srcWeights: { 1: 0.5 }, dstWeights: [] };
    return neighborAllreduce(x, { ...place, ...receive });
  };
  const sends: Exchange['call'] = async () => {
    await neighborAllreduce(asking, { ...send, srcWeights: { 0: 1 }, dstWeights: [] });
    await neighborAllreduce(x, { ...place, ...send, dstWeights: [0] });
    return undefined;
  };
  const expected = (): number => (into.out ? 2 - 2 ** -calls : 1.5);
  return { call: rank() === 0 ? receives : sends, expected };
}

function peers(step: number): { from: number; to: number } {
  const distance = onePeerDistance(size(), step);
  return { from: (rank() - distance + size()) % size(), to: (rank() + distance) % size() };
}

/** The average of rank + 1 over this rank and its sources. */
function averageOf(sources: readonly number[]): number {
  return [rank(), ...sources].reduce((sum, j) => sum + j + 1, 0) / (sources.length + 1);
}
