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

/** What a call says that names its ranks itself, e.g. `neighborAllreduce with dstWeights`. */
export function sayingRanks(op: string): string {
  const named: Record<string, string> = {
    neighborAllreduce: 'dstWeights',
    neighborAllgather: 'dstRanks',
    hierarchicalNeighborAllreduce: 'dstMachineWeights'
  };
  return op in named ? `${op} with ${named[op]}` : op;
}

/** E.g. `with self 0.5, from {0: 0.5}, to {2: 1}`: equal for equal plans. */
export function planInWords({ selfWeight, sources, destinations }: ExchangePlan): string {
  const record = (pairs: ExchangePlan['sources']): string =>
    `{${pairs.map(([rank, weight]) => `${rank}: ${weight}`).join(', ')}}`;
  return `with self ${selfWeight}, from ${record(sources)}, to ${record(destinations)}`;
}

/**
 * Compares what all ranks have said. Every rank holds the same list, so all find the same first difference.
 * @param edges by rank (or machine): the ranks that it receives from, and those that it sends to
 * @param unit what is numbered. Defaults to ranks
 * @throws DISAGREEMENT if one rank names another that does not name it
 */
export function assertMutual(
  edges: readonly (readonly LeafData[])[],
  unit: 'rank' | 'machine' = 'rank'
): void {
  edges.forEach(([sources, destinations], rank) => {
    for (const otherRank of sources) {
      if (edges[otherRank][1].includes(rank)) continue;
      const said = `receives from ${unit} ${otherRank}`;
      throw notMutual(unit, { rank, said, otherRank, otherSaid: 'does not send to it' });
    }
    for (const otherRank of destinations) {
      if (edges[otherRank][0].includes(rank)) continue;
      const said = `sends to ${unit} ${otherRank}`;
      throw notMutual(unit, { rank, said, otherRank, otherSaid: 'does not receive from it' });
    }
  });
}

function notMutual(unit: string, detail: Record<string, unknown>): DecentLabError {
  return new DecentLabError('DISAGREEMENT', unit === 'rank' ? detail : { ...detail, unit });
}
