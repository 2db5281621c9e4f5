/** A timeline of all ranks in the trace event format of Chrome, which Perfetto opens too. */
import { rename, writeFile } from 'node:fs/promises';

import {
  MARK,
  SPAN_KINDS,
  type ClockOffset,
  type RankTimeline,
  type Span
} from '../protocol/timeline.js';

/** Names a process or a thread, or gives its place. */
export interface MetadataEvent {
  readonly ph: 'M';
  readonly name: 'process_name' | 'process_sort_index' | 'thread_name' | 'thread_sort_index';
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name: string } | { readonly sort_index: number };
}

/** A stretch of time, `ts` and `dur` in whole microseconds. */
export interface CompleteEvent {
  readonly ph: 'X';
  readonly name: string;
  /** The kind of the stretch: compute, activity, wait, send or reduce. */
  readonly cat: string;
  readonly ts: number;
  readonly dur: number;
  /** The rank. */
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly peer?: number; readonly bytes?: number };
}

/** Something that happened to a rank at one instant: an epoch began, a peer was lost. */
export interface InstantEvent {
  readonly ph: 'i';
  readonly name: string;
  readonly cat: typeof MARK;
  readonly ts: number;
  readonly pid: number;
  readonly tid: typeof MARK_THREAD;
  /** Drawn across the whole process. */
  readonly s: 'p';
  readonly args: { readonly peer?: number };
}

/** What `JSON.stringify` makes a file for https://ui.perfetto.dev or chrome://tracing of. */
export interface ChromeTrace {
  readonly traceEvents: readonly (MetadataEvent | CompleteEvent | InstantEvent)[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: {
    /** By rank: how its clock stands to the controller's, in ms. */
    readonly clocks: readonly ({ readonly rank: number } & ClockOffset)[];
    /** Stretches that were beyond the most that a rank keeps. */
    readonly dropped: number;
  };
}

/** A rank's recordings. */
export interface RankRecord extends RankTimeline {
  readonly rank: number;
}

/** Rows of a kind are numbered in one block: more than enough for stretches that overlap. */
const THREADS_A_KIND = 1000;
const MICROSECONDS_PER_MS = 1000;
/** What happens at an instant belongs to no kind of work. */
const MARK_THREAD = 0;

/**
 * One trace of all ranks: a process a rank, a thread for each kind of work. Times count from the first stretch, by the
 * controller's clock. Stretches of one kind that overlap without one containing the other get threads of their own, as
 * the format asks for.
 */
export function toTrace(records: readonly RankRecord[]): ChromeTrace {
  const starts = records.map(({ spans, clock }) =>
    spans.reduce((first, { start }) => Math.min(first, start + clock.offset), Infinity)
  );
  const zero = Math.min(...starts);
  const events = records.map(record => eventsOf(record, zero));
  return {
    traceEvents: [
      ...records.flatMap(({ rank }, k) => namesOf(rank, events[k])),
      ...events.flat().sort((a, b) => a.ts - b.ts || durationOf(b) - durationOf(a))
    ],
    displayTimeUnit: 'ms',
    otherData: {
      clocks: records.map(({ rank, clock }) => ({ rank, ...clock })),
      dropped: records.reduce((sum, { dropped }) => sum + dropped, 0)
    }
  };
}

/** Writes a trace as a file, whole or not at all. */
export async function writeTrace(path: string, trace: ChromeTrace): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  await writeFile(draft, JSON.stringify(trace));
  await rename(draft, path);
}

type TimedEvent = CompleteEvent | InstantEvent;

function durationOf(event: TimedEvent): number {
  return event.ph === 'X' ? event.dur : 0;
}

function eventsOf({ rank, clock, spans }: RankRecord, zero: number): TimedEvent[] {
  const toTicks = (time: number): number =>
    Math.round((time + clock.offset - zero) * MICROSECONDS_PER_MS);
  const marks = spans
    .filter(({ kind }) => kind === MARK)
    .map((span): InstantEvent => {
      const [ts, place] = [toTicks(span.start), { pid: rank, tid: MARK_THREAD } as const];
      return { ph: 'i', name: span.name, cat: MARK, ts, ...place, s: 'p', args: details(span) };
    });
  const stretches = SPAN_KINDS.flatMap((kind, index) => {
    const own = spans
      .filter(span => span.kind === kind)
      .map(span => ({ span, ts: toTicks(span.start), end: toTicks(span.end) }))
      .sort((a, b) => a.ts - b.ts || b.end - a.end);
    const threads = new Threads();
    return own.map(({ span, ts, end }): CompleteEvent => {
      const tid = THREADS_A_KIND * index + threads.place(ts, end) + 1;
      const { name } = span;
      return { ph: 'X', name, cat: kind, ts, dur: end - ts, pid: rank, tid, args: details(span) };
    });
  });
  return [...marks, ...stretches];
}

function details({ peer, bytes }: Span): CompleteEvent['args'] {
  return { ...(peer === undefined ? {} : { peer }), ...(bytes === undefined ? {} : { bytes }) };
}

/** Places stretches, by ascending start, on threads where each lies beside or inside of the others. */
class Threads {
  /** Of each thread the ends of the stretches that are open, the innermost last. */
  readonly #open: number[][] = [];

  place(start: number, end: number): number {
    for (const open of this.#open) while (open.length > 0 && open.at(-1)! <= start) open.pop();
    const found = this.#open.findIndex(open => open.length === 0 || open.at(-1)! >= end);
    const thread = found < 0 ? this.#open.push([]) - 1 : found;
    this.#open[thread].push(end);
    return thread;
  }
}

function namesOf(rank: number, events: readonly TimedEvent[]): MetadataEvent[] {
  const threads = [...new Map(events.map(({ tid, cat }) => [tid, cat]))].sort(([a], [b]) => a - b);
  const named = (
    name: MetadataEvent['name'],
    tid: number,
    args: MetadataEvent['args']
  ): MetadataEvent => ({ ph: 'M', name, pid: rank, tid, args });
  return [
    named('process_name', 0, { name: `rank ${rank}` }),
    named('process_sort_index', 0, { sort_index: rank }),
    ...threads.flatMap(([tid, kind]) => {
      const place = tid % THREADS_A_KIND;
      return [
        named('thread_name', tid, { name: place <= 1 ? kind : `${kind} ${place}` }),
        named('thread_sort_index', tid, { sort_index: tid })
      ];
    })
  ];
}
