/** Errors of several engines as one: what failed the same way is told once, with its ranks. */
import type { CellError } from '../protocol/cell.js';

/** An error and the rank that it happened on. */
export interface RankError {
  readonly rank: number;
  readonly error: CellError;
}

/** Equal errors and the ranks that they happened on, ascending. */
export interface ErrorGroup {
  readonly ranks: readonly number[];
  readonly error: CellError;
}

/** Errors that only tell that a peer did not come: the cause stands on another rank. */
const consequences = new Set(['PEER_FAILED', 'PEER_LOST']);

/** Equal errors together: causes first, then by the number of ranks. */
export function groupErrors(errors: readonly RankError[]): ErrorGroup[] {
  const groups = new Map<string, { ranks: number[]; error: CellError }>();
  for (const { rank, error } of errors) {
    const key = `${error.name}: ${error.message}`;
    const group = groups.get(key);
    if (group) group.ranks.push(rank);
    else groups.set(key, { ranks: [rank], error });
  }
  const weight = ({ error }: ErrorGroup): number => Number(consequences.has(error.code ?? ''));
  return [...groups.values()].sort(
    (a, b) => weight(a) - weight(b) || b.ranks.length - a.ranks.length
  );
}

/** One line a group, e.g. `3 engines failed the same way (ranks 1, 2, 5): TypeError: …`. */
export function describeErrors(errors: readonly RankError[]): string {
  return groupErrors(errors)
    .map(({ ranks, error }) => `${describeRanks(ranks)}: ${error.name}: ${error.message}`)
    .join('\n');
}

/** The beginning of a sentence about ranks that failed the same way. */
export function describeRanks(ranks: readonly number[]): string {
  if (ranks.length === 1) return `Engine ${ranks[0]} failed`;
  return `${ranks.length} engines failed the same way (ranks ${ranks.join(', ')})`;
}

/** A call that failed on one engine or more. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  constructor(readonly errors: readonly RankError[]) {
    super(describeErrors(errors));
  }
}
