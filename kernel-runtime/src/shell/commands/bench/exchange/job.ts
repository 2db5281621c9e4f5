/** What is measured between ranks: an operation on vectors of float32, and how often. */
import { DecentLabError } from '../../../../errors.js';

/** The operations, by the names that the comparators know, with their titles. */
export const OPERATIONS = {
  point: 'point to point',
  'one-peer': 'one-peer exponential',
  static: 'static exponential',
  ring: 'ring',
  allreduce: 'ring all-reduce',
  broadcast: 'broadcast'
} as const;
export type Operation = keyof typeof OPERATIONS;

export interface Job {
  readonly operation: Operation;
  readonly bytes: number;
  /** Calls that are timed together, one after the other. */
  readonly batch: number;
  /** Batches before any counts, the same for all contenders. */
  readonly warmUps: number;
  /** Batches whose times count. */
  readonly batches: number;
}

/** Milliseconds a call of each batch, by the key of the job. */
export type Times = ReadonlyMap<string, readonly number[]>;

const FLOAT_BYTES = 4;
const UNITS = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** A job's name in the output of comparators: its operation and its number of floats. */
export function keyOf({ operation, bytes }: Pick<Job, 'operation' | 'bytes'>): string {
  return `${operation} ${floatsOf(bytes)}`;
}

/** How many float32 a vector of so many bytes has. */
export function floatsOf(bytes: number): number {
  return Math.max(1, Math.floor(bytes / FLOAT_BYTES));
}

/**
 * A job for vectors of this size: small ones are repeated more often, so that a batch takes some milliseconds.
 * @param isBrief for a first look; else what counts is what a training pays once just-in-time compilers have done their
 *   work, after some 30 large calls or a few thousand short ones
 */
export function jobOf(operation: Operation, bytes: number, isBrief = true): Job {
  const [batch, brief, long] = repetitions(bytes);
  const [warmUps, batches] = isBrief ? brief : long;
  return { operation, bytes, batch, warmUps, batches };
}

/** Calls a batch; how many batches warm up and how many count, for a first look and else. */
function repetitions(bytes: number): readonly [number, Batches, Batches] {
  if (bytes <= 64 * UNITS.KB) return [100, [1, 5], [50, 20]];
  if (bytes <= 4 * UNITS.MB) return [10, [1, 4], [50, 20]];
  return [1, [1, 3], [30, 21]];
}

type Batches = readonly [warmUps: number, batches: number];

/** A size in words, e.g. `102 MB`; decimal, as networks count. */
export function describeSize(bytes: number): string {
  const [unit, factor] =
    Object.entries(UNITS)
      .reverse()
      .find(([, least]) => bytes >= least) ?? Object.entries(UNITS)[0];
  return `${Number((bytes / factor).toPrecision(4))} ${unit}`;
}

/** Sizes such as `1KB,1MB,102MB`, in bytes. @throws OPTION_INVALID */
export function readSizes(text: string): number[] {
  return text.split(',').map(part => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(B|KB|MB|GB)$/i.exec(part.trim()) ?? [];
    const bytes = Number(digits) * (UNITS[unit?.toUpperCase() as keyof typeof UNITS] ?? NaN);
    if (bytes >= FLOAT_BYTES) return Math.floor(bytes);
    throw new DecentLabError('OPTION_INVALID', {
      received: `--sizes ${text}`,
      usage: '`--sizes 1KB,1MB,102MB`: sizes of at least 4 B, separated by commas'
    });
  });
}

/** Numbers of ranks such as `2,4,8`. @throws OPTION_INVALID for anything but whole numbers from 2 to 64 */
export function readNodes(text: string): number[] {
  const nodes = text.split(',').map(part => (/^\d+$/.test(part.trim()) ? Number(part) : NaN));
  if (nodes.every(n => n >= 2 && n <= 64)) return nodes;
  throw new DecentLabError('OPTION_INVALID', {
    received: `--nodes ${text}`,
    usage: '`--nodes 2,4,8`: whole numbers from 2 to 64, separated by commas'
  });
}

/** What a comparator has printed: a line for each job, its operation, its floats and its times. */
export function readTimes(text: string): Times {
  const lines = text.split('\n').map(line => line.trim().split(/\s+/));
  return new Map(
    lines
      .filter(words => Object.hasOwn(OPERATIONS, words[0]) && words.length > 2)
      .map(([operation, floats, ...times]) => [`${operation} ${floats}`, times.map(Number)])
  );
}
