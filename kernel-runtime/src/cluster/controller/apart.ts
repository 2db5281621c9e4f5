/**
 * Ranks that wait for each other in calls of different names. Names let calls meet in any order, so that no single frame
 * shows the difference; a circle of ranks that have waited for long does.
 */
import type { Waiting } from '../protocol/engine-messages.js';
import type { Reason } from '../protocol/reason.js';

/** A rank, and the call that it waits in. */
export interface WaitingRank {
  readonly rank: number;
  readonly waiting: Waiting | null;
}

/** The disagreement of the first two ranks of a circle whose calls have different names; null if there is none. */
export function namesApart(ranks: readonly WaitingRank[]): Reason | null {
  const waits = new Map(ranks.flatMap(({ rank, waiting }) => (waiting ? [[rank, waiting]] : [])));
  for (const start of waits.keys()) {
    const circle = circleThrough(start, waits);
    for (const [k, rank] of circle.entries()) {
      const otherRank = circle[(k + 1) % circle.length];
      const [own, other] = [waits.get(rank)!, waits.get(otherRank)!];
      if (own.name === other.name) continue;
      const detail = { rank, said: saying(own), otherRank, otherSaid: saying(other) };
      return { code: 'DISAGREEMENT', detail };
    }
  }
  return null;
}

/** The shortest circle of ranks, each waiting for the next, that begins and ends at `start`; empty if there is none. */
function circleThrough(start: number, waits: ReadonlyMap<number, Waiting>): number[] {
  const cameFrom = new Map<number, number>();
  for (const rank of reachable(start, waits, cameFrom)) {
    if (!waits.get(rank)?.on.includes(start)) continue;
    const circle = [rank];
    while (circle[0] !== start) circle.unshift(cameFrom.get(circle[0])!);
    return circle;
  }
  return [];
}

/** All ranks that `start` waits for through others, nearest first, itself included. */
function reachable(
  start: number,
  waits: ReadonlyMap<number, Waiting>,
  cameFrom: Map<number, number>
): Set<number> {
  const reached = new Set([start]);
  for (const rank of reached)
    for (const next of waits.get(rank)?.on ?? [])
      if (!reached.has(next) && waits.has(next)) {
        reached.add(next);
        cameFrom.set(next, rank);
      }
  return reached;
}

function saying({ op, name, line, on }: Waiting): string {
  const named = name === undefined ? 'without a name' : `with the name "${name}"`;
  const place = line === undefined ? '' : ` (${line})`;
  return `called ${op} ${named}${place} and waits for ${on.length === 1 ? 'rank' : 'ranks'} ${on.join(', ')}`;
}
