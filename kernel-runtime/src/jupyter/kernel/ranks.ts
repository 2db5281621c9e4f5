/** Ranks as people write and read them: `0,2:4` in, `0–3, 5` out. */
import { DecentLabError } from '../../errors.js';

const ITEM = /^(-?\d+)?(:)?(-?\d+)?$/;

/**
 * The ranks that `targets` names in a cluster of `size` engines, ascending and without repetition. Slices are
 * half-open as in Python, negative numbers count from the end. Null means all.
 * @throws DecentLabError VALUE_INVALID for a rank that does not exist.
 */
export function resolveTargets(targets: string | null, size: number): number[] {
  const all = Array.from({ length: size }, (_, rank) => rank);
  if (targets === null || targets === 'all') return all;
  const ranks = targets.split(',').flatMap(item => resolveItem(item.trim(), size, targets));
  return all.filter(rank => ranks.includes(rank));
}

function resolveItem(item: string, size: number, targets: string): number[] {
  const match = ITEM.exec(item);
  const fromEnd = (text: string) => (Number(text) < 0 ? Number(text) + size : Number(text));
  const start = match?.[1] === undefined ? 0 : fromEnd(match[1]);
  const stop =
    match?.[2] === undefined ? start + 1 : match[3] === undefined ? size : fromEnd(match[3]);
  const isUsable = match && item !== '' && start >= 0 && stop <= size && start < stop;
  if (!isUsable) {
    const expected = `ranks from 0 to ${size - 1}, such as 0,2:4`;
    throw new DecentLabError('VALUE_INVALID', {
      what: '%%px --targets',
      expected,
      received: targets
    });
  }
  return Array.from({ length: stop - start }, (_, k) => start + k);
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
