/** From who sends to whom to who receives from whom, and back, with the weights that follow. */
import { DecentLabError } from '../../errors.js';
import type { Matrix } from '../math/matrix.js';
import { topologyFromRows } from './sparse.js';
import { uniformRow } from './weights.js';

/** The links of all ranks, seen from their other ends. */
export interface Inferred {
  /** By rank, the ranks at the other end of its links, ascending. */
  readonly ranks: number[][];
  /** Uniform weights: w_ij = 1 / (in-degree of i + 1), so that every receiver's row sums to 1. */
  readonly W: Matrix;
}

/**
 * Who receives from whom, given who sends to whom.
 * @param destinations by rank, the ranks that it sends to
 * @throws VALUE_INVALID for a rank that is none, is named twice, or names itself
 */
export function sourcesFromDestinations(destinations: readonly (readonly number[])[]): Inferred {
  const sources = reversed(destinations, 'sends to');
  return { ranks: sources, W: uniformOver(sources) };
}

/**
 * Who sends to whom, given who receives from whom.
 * @param sources by rank, the ranks that it receives from
 * @throws VALUE_INVALID as `sourcesFromDestinations`
 */
export function destinationsFromSources(sources: readonly (readonly number[])[]): Inferred {
  return { ranks: reversed(sources, 'receives from'), W: uniformOver(sources) };
}

function uniformOver(sources: readonly (readonly number[])[]): Matrix {
  return topologyFromRows('inferred', sources.map(uniformRow)).W;
}

function reversed(links: readonly (readonly number[])[], verb: string): number[][] {
  const other = links.map((): number[] => []);
  links.forEach((ranks, i) => {
    assertNamed(ranks, i, { size: links.length, verb });
    for (const j of ranks) other[j].push(i);
  });
  return other;
}

/** @throws VALUE_INVALID unless `ranks` are other ranks than `self`, each once; `verb` says what they are to it */
export function assertNamed(
  ranks: readonly number[],
  self: number,
  { size, verb }: { size: number; verb: string }
): void {
  const isOther = (j: number): boolean => Number.isInteger(j) && j >= 0 && j < size && j !== self;
  const isList: boolean = Array.isArray(ranks);
  if (isList && ranks.every((j, k) => isOther(j) && ranks.indexOf(j) === k)) return;
  throw new DecentLabError('VALUE_INVALID', {
    what: `The ranks that rank ${self} ${verb}`,
    expected: `other ranks from 0 to ${size - 1}, each once`,
    received: isList ? `[${ranks.join(', ')}]` : ranks
  });
}
