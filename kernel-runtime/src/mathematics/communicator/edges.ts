/** A dynamic exchange works only if the ranks have named each other: whoever sends is expected, whoever is expected sends. */
import { DecentLabError } from '../../errors.js';
import type { LeafData } from './values.js';
import type { ExchangePlan } from './weights.js';

/** The ranks that one rank receives from and sends to, as arrays that travel to all ranks. */
export function edgesOf({ sources, destinations }: ExchangePlan): [Int32Array, Int32Array] {
  const ranks = (pairs: ExchangePlan['sources']): Int32Array =>
    Int32Array.from(pairs, ([rank]) => rank);
  return [ranks(sources), ranks(destinations)];
}

/**
 * Compares what all ranks have said. Every rank holds the same list, so all find the same first difference.
 * @param edges by rank: the ranks that it receives from, and those that it sends to
 * @throws DISAGREEMENT if one rank names another that does not name it
 */
export function assertMutual(edges: readonly (readonly LeafData[])[]): void {
  edges.forEach(([sources, destinations], rank) => {
    for (const from of sources) {
      if (edges[from][1].includes(rank)) continue;
      throw notMutual(rank, `receives from rank ${from}`, [from, 'does not send to it']);
    }
    for (const to of destinations) {
      if (edges[to][0].includes(rank)) continue;
      throw notMutual(rank, `sends to rank ${to}`, [to, 'does not receive from it']);
    }
  });
}

function notMutual(
  rank: number,
  said: string,
  [otherRank, otherSaid]: readonly [number, string]
): DecentLabError {
  return new DecentLabError('DISAGREEMENT', { rank, said, otherRank, otherSaid });
}
