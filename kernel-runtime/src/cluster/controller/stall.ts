/** Stalls in words: who waits, in which call, for whom, and what those ranks are doing. */
import type { Engine } from './registry.js';

/** What the diagnosis looks at. */
export interface StallView {
  readonly engines: readonly Engine[];
  /** The ranks that the waiting cell runs on. */
  readonly ranks: readonly number[];
  /** What the cell is called. */
  readonly cell: string;
  /** The time, as `performance.now()`. */
  readonly now: number;
}

/** Ranks that wait in the same call, at the same line, for the same others. */
interface Group {
  readonly ranks: number[];
  readonly on: readonly number[];
  readonly seconds: number;
  readonly op: string;
  readonly place: string;
}

/** Who computes for so long without a pause is busy with that, in milliseconds. */
const LONG_MS = 2_000;

/** The report, or null if nobody waits. Ranks in the same call for the same peers are named together. */
export function describeStall(view: StallView): string | null {
  const waiting = view.engines.filter(engine => engine.waiting);
  if (waiting.length === 0) return null;
  const groups = new Map<string, Group>();
  for (const { rank, waiting: call } of waiting) {
    if (!call) continue;
    const op = call.name === undefined ? call.op : `${call.op} "${call.name}"`;
    const place = call.line === undefined ? '' : `, at ${call.line}`;
    const key = `${op} ${call.on.join()}${place}`;
    const seconds = call.for / 1000;
    const group = groups.get(key) ?? { ranks: [], on: call.on, seconds, op, place };
    group.ranks.push(rank);
    groups.set(key, { ...group, seconds: Math.max(group.seconds, seconds) });
  }
  const lines = [...groups.values()].map(({ ranks, on, seconds, op, place }) => {
    const verb = ranks.length === 1 ? 'has waited' : 'have waited';
    return `${nameRanks(ranks)} ${verb} ${formatSeconds(seconds)} in ${op} for ${lower(nameRanks(on))}${place}.`;
  });
  const missing = new Set([...groups.values()].flatMap(({ on }) => on));
  const causes = [...missing].sort((a, b) => a - b).flatMap(rank => describeMissing(rank, view));
  return [...lines, ...causes].join(' ');
}

/** What a rank does that others wait for; nothing if it waits itself, which is told already. */
function describeMissing(rank: number, { engines, ranks, cell, now }: StallView): string[] {
  const { condition, waiting, busySince, detail, computing } = engines[rank];
  const elapsed = formatSeconds((now - busySince) / 1000);
  if (waiting) return [];
  if (!ranks.includes(rank)) return [`Rank ${rank} does not run this cell.`];
  switch (condition) {
    case 'busy':
    case 'waiting':
      return [
        computing >= LONG_MS
          ? `Rank ${rank} has not come: ${cell} runs there since ${elapsed}, and has computed without a pause for ${formatSeconds(computing / 1000)}.`
          : `Rank ${rank} has not come: ${cell} runs there since ${elapsed}, and waits for something else, such as a timer or a file.`
      ];
    case 'idle':
      return [`Rank ${rank} will not come: ${cell} ended there ${elapsed} ago.`];
    case 'silent':
      return [`Rank ${rank} is frozen or cut off: ${detail}.`];
    case 'starting':
    case 'lost':
    case 'stopped':
      return [`Rank ${rank} has no process (${condition}).`];
  }
}

function nameRanks(ranks: readonly number[]): string {
  const sorted = [...ranks].sort((a, b) => a - b);
  return sorted.length === 1 ? `Rank ${sorted[0]}` : `Ranks ${sorted.join(', ')}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function formatSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
