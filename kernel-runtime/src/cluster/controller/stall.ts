/** Stalls in words: who waits, in which call, for whom, and what those ranks are doing. */
import type { Waiting } from '../protocol/engine-messages.js';
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
  readonly on: ReadonlySet<number>;
  readonly seconds: number;
  readonly op: string;
  readonly place: string;
}

/** What some ranks do that others wait for, and for how many ms the longest of them has. */
interface Absence {
  readonly ranks: number[];
  readonly busy: number;
  readonly computing: number;
  readonly tell: (times: { readonly busy: string; readonly computing: string }) => string;
}

/** Who computes for so long without a pause is busy with that, in milliseconds. */
const LONG_MS = 2_000;
/** More groups of ranks than anybody reads become one for each call. */
const MOST_GROUPS = 4;
/** Of a longer list of ranks, the first ones are named. */
const MOST_RANKS = 12;
const FIRST_RANKS = 8;

/** The report, or null if nobody waits. Ranks in the same call for the same peers are named together. */
export function describeStall(view: StallView): string | null {
  const groups = groupsOf(view, ({ on }) => on.join());
  if (groups.length === 0) return null;
  const told = groups.length > MOST_GROUPS ? groupsOf(view, () => '') : groups;
  const lines = told.map(({ ranks, on, seconds, op, place }) => {
    const verb = ranks.length === 1 ? 'has waited' : 'have waited';
    return `${nameRanks(ranks)} ${verb} ${formatSeconds(seconds)} in ${op} for ${lower(nameRanks(awaited(on, view)))}${place}.`;
  });
  const missing = new Set(groups.flatMap(({ on }) => [...on]));
  return [...lines, ...describeMissing([...missing], view)].join(' ');
}

/** The waiting ranks by their calls, and by whatever else tells them apart. */
function groupsOf({ engines }: StallView, apart: (call: Waiting) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const { rank, waiting: call } of engines) {
    if (!call) continue;
    const op = call.name === undefined ? call.op : `${call.op} "${call.name}"`;
    const place = call.line === undefined ? '' : `, at ${call.line}`;
    const key = `${op} ${apart(call)}${place}`;
    const group = groups.get(key) ?? { ranks: [], on: new Set(), seconds: 0, op, place };
    group.ranks.push(rank);
    const seconds = Math.max(group.seconds, call.for / 1000);
    groups.set(key, { ...group, on: new Set([...group.on, ...call.on]), seconds });
  }
  return [...groups.values()];
}

/** Of many ranks that are waited for, those that do not wait themselves. */
function awaited(on: ReadonlySet<number>, { engines }: StallView): number[] {
  const causes = [...on].filter(rank => !engines[rank].waiting);
  return on.size > MOST_RANKS && causes.length > 0 ? causes : [...on];
}

/** What ranks do that others wait for; those that wait themselves are told of already. */
function describeMissing(missing: readonly number[], view: StallView): string[] {
  const { engines, now } = view;
  const absences = new Map<string, Absence>();
  for (const rank of missing.toSorted((a, b) => a - b)) {
    const { waiting, busySince, computing } = engines[rank];
    if (waiting) continue;
    const [key, tell] = absenceOf(rank, view);
    const before = absences.get(key);
    absences.set(key, {
      ranks: [...(before?.ranks ?? []), rank],
      busy: Math.max(before?.busy ?? 0, now - busySince),
      computing: Math.max(before?.computing ?? 0, computing),
      tell
    });
  }
  return [...absences.values()].map(({ ranks, busy, computing, tell }) => {
    const words = tell({
      busy: formatSeconds(busy / 1000),
      computing: formatSeconds(computing / 1000)
    });
    const isOne = ranks.length === 1;
    return `${nameRanks(ranks)} ${isOne ? words : plural(words)}`;
  });
}

/** What a rank does, in words for one rank; ranks with the same key are told together. */
function absenceOf(
  rank: number,
  { engines, ranks, cell }: StallView
): [key: string, tell: Absence['tell']] {
  const { condition, detail, computing } = engines[rank];
  if (!ranks.includes(rank)) return ['apart', () => 'does not run this cell.'];
  switch (condition) {
    case 'busy':
    case 'waiting':
      if (computing >= LONG_MS)
        return [
          'computes',
          times =>
            `has not come: ${cell} runs there since ${times.busy}, and has computed without a pause for ${times.computing}.`
        ];
      return [
        'busy',
        times =>
          `has not come: ${cell} runs there since ${times.busy}, and waits for something else, such as a timer or a file.`
      ];
    case 'idle':
      return ['idle', times => `will not come: ${cell} ended there ${times.busy} ago.`];
    case 'silent':
      return [`silent ${detail}`, () => `is frozen or cut off: ${detail}.`];
    case 'starting':
    case 'lost':
    case 'stopped':
      return [condition, () => `has no process (${condition}).`];
  }
}

/** The verb that a sentence begins with, of several ranks. */
function plural(words: string): string {
  return words.replace(/^(has|is|does)\b/, verb => PLURALS[verb as keyof typeof PLURALS]);
}

const PLURALS = { has: 'have', is: 'are', does: 'do' } as const;

function nameRanks(ranks: readonly number[]): string {
  const sorted = ranks.toSorted((a, b) => a - b);
  if (sorted.length === 1) return `Rank ${sorted[0]}`;
  if (sorted.length <= MOST_RANKS) return `Ranks ${sorted.join(', ')}`;
  const rest = sorted.length - FIRST_RANKS;
  return `Ranks ${sorted.slice(0, FIRST_RANKS).join(', ')} and ${rest} others`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function formatSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
