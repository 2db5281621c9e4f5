/** Ranks as people write and read them: `0,2:4` in, `0–3, 5` out. */
import { DecentLabError } from '../../errors.js';

/** A rank, or a slice `start:stop:step`. */
const ITEM = /^(-?\d+)$|^(-?\d+)?:(-?\d+)?(?::(\d+)?)?$/;

/**
 * The ranks that `targets` names in a cluster of `size` engines, ascending and without repetition. Slices are
 * half-open as in Python, negative numbers count from the end. Null means all that take part.
 * @param absent the ranks that the graph goes around
 * @throws DecentLabError VALUE_INVALID for a rank that does not exist.
 */
export function resolveTargets(
  targets: string | null,
  size: number,
  absent: readonly number[] = []
): number[] {
  const all = Array.from({ length: size }, (_, rank) => rank);
  if (targets === null || targets === 'all') return all.filter(rank => !absent.includes(rank));
  const named = targets.split(',').map(item => resolveItem(item.trim(), all));
  if (named.every(ranks => ranks !== null)) {
    const wanted = new Set(named.flat());
    return all.filter(rank => wanted.has(rank));
  }
  const expected = `all, or ranks from 0 to ${size - 1}, such as 0,2 or 0:2 or -1`;
  const what = '%%px --targets';
  throw new DecentLabError('VALUE_INVALID', { what, expected, received: targets });
}

/** Null for what is no rank of the cluster. */
function resolveItem(item: string, all: readonly number[]): number[] | null {
  const [match, single, from, to, by] = ITEM.exec(item) ?? [];
  const fromEnd = (text: string) => (Number(text) < 0 ? Number(text) + all.length : Number(text));
  if (match === undefined) return null;
  if (single !== undefined) return fromEnd(single) in all ? [fromEnd(single)] : null;
  const start = from === undefined ? 0 : fromEnd(from);
  const stop = to === undefined ? all.length : fromEnd(to);
  const step = by === undefined ? 1 : Number(by);
  if (start < 0 || stop > all.length || start >= stop || step < 1) return null;
  return all.slice(start, stop).filter(rank => (rank - start) % step === 0);
}

/** Ranks in short: neighbours become a range, e.g. `0–3, 5`. */
export function formatRanks(ranks: readonly number[]): string {
  const sorted = [...ranks].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let start = 0; start < sorted.length;) {
    let end = start;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++;
    if (end - start >= 1) parts.push(`${sorted[start]}–${sorted[end]}`);
    else parts.push(`${sorted[start]}`);
    start = end + 1;
  }
  return parts.join(', ');
}
