/** Spans as a screen can show them: what lies so close that nobody could tell it apart becomes one. */
import type { Stretch } from '../protocol/stats.js';
import { SPAN_KINDS, type Span } from '../protocol/timeline.js';

/** Spans that are shorter, and follow each other within this time, become one: a pixel of ten seconds, about. */
const RESOLUTION_MS = 5;

/**
 * The stretches of these spans by kind, each kind by ascending start. A stretch keeps how much of its time was filled,
 * so that a loop of short calls shows as what it is: half busy, say.
 * @param most as many stretches of a kind; where there would be more, coarser ones are made
 */
export function stretchesOf(spans: readonly Span[], most: number): Stretch[] {
  return SPAN_KINDS.flatMap(kind => {
    const own = spans.filter(span => span.kind === kind).sort((a, b) => a.start - b.start);
    let found: Stretch[] = own.map(({ start, end, ...rest }) => ({
      ...{ ...rest, kind, start, end },
      ...{ busy: end - start, count: 1 }
    }));
    for (let resolution = RESOLUTION_MS; ; resolution *= 2) {
      found = merged(found, resolution);
      if (found.length <= most) return found;
    }
  });
}

function merged(stretches: readonly Stretch[], resolution: number): Stretch[] {
  const result: Stretch[] = [];
  for (const next of stretches) {
    const last = result.at(-1);
    if (last && isOneWith(last, next, resolution)) result[result.length - 1] = joined(last, next);
    else result.push(next);
  }
  return result;
}

/** A long span stays by itself beside others, but not within another. */
function isOneWith(last: Stretch, next: Stretch, resolution: number): boolean {
  const overlaps = next.start < last.end;
  const isClose = next.start - last.end < resolution;
  const isLong = ({ start, end, count }: Stretch): boolean =>
    count === 1 && end - start >= resolution;
  return overlaps || (isClose && !isLong(last) && !isLong(next));
}

function joined(a: Stretch, b: Stretch): Stretch {
  const covered = Math.max(0, a.end - b.start);
  const longer = b.busy > a.busy ? b : a;
  const { kind, start } = a;
  return {
    ...{ kind, name: longer.name, start, end: Math.max(a.end, b.end) },
    ...{ busy: a.busy + Math.max(0, b.busy - covered), count: a.count + b.count },
    ...(a.peer !== undefined && a.peer === b.peer ? { peer: a.peer } : {}),
    ...(a.bytes === undefined && b.bytes === undefined
      ? {}
      : { bytes: (a.bytes ?? 0) + (b.bytes ?? 0) })
  };
}
