/**
 * One row of the contract of all operations, after BlueFog's own tests. A program uses nothing but its arguments, so that
 * it can be sent to an engine as text.
 */
import type { Collectives } from '../../../../kernel-runtime/src/mathematics/communicator/collectives.js';
import type { Topology } from '../../../../kernel-runtime/src/mathematics/graph/topology.js';
import type * as library from './library.js';

export type Library = typeof library;
export type Node = Collectives<Topology>;

export interface Case {
  /** A sentence. */
  readonly title: string;
  /** What every rank does, on the exponential graph of base 2 unless it sets another one. */
  readonly program: (c: Node, library: Library, given: unknown) => unknown;
  /** The third argument of the program. */
  readonly given?: unknown;
  /** What it returns, exact to 1e-12. */
  readonly expected: (rank: number, n: number) => unknown;
  /** Defaults to all sizes. */
  readonly sizes?: readonly number[];
}

/** The numbers of ranks. */
export const SIZES = [1, 2, 3, 4, 8] as const;

/** How many ranks share a machine, where there are n. */
export const nodesPerMachine = (n: number): number => (n % 2 === 0 ? 2 : 1);

/** The in-neighbours of a rank in the exponential graph of base 2. */
export function exponentialSources(rank: number, n: number): number[] {
  const sources: number[] = [];
  for (let step = 1; step < n; step *= 2) sources.push((rank - step + n) % n);
  return sources.sort((a, b) => a - b);
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
export const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;

/** A rank and its in-neighbours in the exponential graph. */
export const exponentialRanks = (rank: number, n: number): number[] => [
  rank,
  ...exponentialSources(rank, n)
];

/** 0, 1, …, n − 1. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
