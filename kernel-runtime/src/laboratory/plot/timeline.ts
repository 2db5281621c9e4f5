/** What every rank did and when: a band a rank, in it a lane for each kind of work. */
import { DecentLabError } from '../../errors.js';
import { Figure } from './figure.js';
import { brief } from './numbers.js';
import { colourOf, neutral } from './palette.js';
import { layoutOf, type Coordinate, type ScatterTrace } from './traces.js';

/** A trace in Chrome's format, as `cluster.timeline()` gives it or a file holds it. */
export interface TraceLike {
  readonly traceEvents: readonly EventLike[];
}

/** The part of a trace event that is drawn. */
export interface EventLike {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid?: number;
  readonly args?: { readonly peer?: number; readonly bytes?: number } | object;
}

export interface TimelineOptions {
  /** Defaults to "Timeline". */
  title?: string;
  /** The part of the time that is drawn, in ms. Defaults to all of it. */
  from?: number;
  to?: number;
}

/** From top to bottom in the band of a rank. */
const LANES = {
  compute: colourOf(0),
  activity: colourOf(5),
  wait: neutral,
  send: colourOf(1),
  reduce: colourOf(2)
} as const;
type Lane = keyof typeof LANES;
const lanes = Object.keys(LANES) as Lane[];

/** Of the distance between two ranks, what their bands take. */
const BAND = 0.8;
const MICROSECONDS_PER_MS = 1000;
/** Stretches closer than this share of the whole time are drawn as one: no screen would tell them apart. */
const RESOLUTION = 1 / 2000;
const HEIGHT = { rank: 64, frame: 130, least: 260 };
const LANE_PIXELS = 0.7;

interface Stretch {
  readonly lane: Lane;
  readonly rank: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * A trace as a figure.
 * @throws VALUE_INVALID for what is no trace, or has no stretch of ours in the time asked for
 */
export function timeline(trace: TraceLike, options: TimelineOptions = {}): Figure {
  const { title = 'Timeline', from = -Infinity, to = Infinity } = options;
  const stretches = stretchesOf(trace).filter(({ start, end }) => end >= from && start <= to);
  if (stretches.length === 0) {
    const expected = 'a trace with stretches of compute, activity, wait, send or reduce';
    throw invalid(expected, 'a trace without any in this time');
  }
  const cut = stretches.map(one => cutTo(one, from, to));
  const span = {
    start: cut.reduce((least, { start }) => Math.min(least, start), Infinity),
    end: cut.reduce((most, { end }) => Math.max(most, end), -Infinity)
  };
  const ranks = [...new Set(cut.map(({ rank }) => rank))].sort((a, b) => a - b);
  const height = Math.max(HEIGHT.least, HEIGHT.frame + HEIGHT.rank * ranks.length);
  const traces = lanes.flatMap(lane => {
    const own = cut.filter(one => one.lane === lane);
    return own.length === 0 ? [] : [laneTrace(lane, own, { span, ranks: ranks.length, height })];
  });
  const layout = layoutOf({
    title,
    height,
    xaxis: { type: 'linear', title: { text: 'ms' } },
    yaxis: {
      ...{ type: 'linear', title: { text: 'rank' }, autorange: 'reversed' },
      ...{ showgrid: false, zeroline: false, tickvals: ranks }
    }
  });
  return new Figure(traces, layout, summaryOf(title, cut, { span, ranks: ranks.length }));
}

function stretchesOf(trace: TraceLike): Stretch[] {
  const { traceEvents } = (trace ?? {}) as Partial<TraceLike>;
  if (!Array.isArray(traceEvents)) throw invalid('a trace with traceEvents', typeof trace);
  return (traceEvents as readonly EventLike[]).flatMap(event => {
    const { ph, cat, ts, dur, pid, name } = event;
    if (ph !== 'X' || ts === undefined || pid === undefined || !isLane(cat)) return [];
    const start = ts / MICROSECONDS_PER_MS;
    const label = `${name}${describe(event)}`;
    return [
      { lane: cat, rank: pid, name: label, start, end: start + (dur ?? 0) / MICROSECONDS_PER_MS }
    ];
  });
}

function isLane(name: string | undefined): name is Lane {
  return name !== undefined && Object.hasOwn(LANES, name);
}

function describe({ cat, args }: EventLike): string {
  const { peer, bytes } = (args ?? {}) as { peer?: number; bytes?: number };
  const whom = peer === undefined ? '' : `${cat === 'send' ? ' to' : ' for'} rank ${peer}`;
  return bytes === undefined ? whom : `${whom}, ${bytes} bytes`;
}

function cutTo(stretch: Stretch, from: number, to: number): Stretch {
  return { ...stretch, start: Math.max(stretch.start, from), end: Math.min(stretch.end, to) };
}

interface Frame {
  readonly span: { readonly start: number; readonly end: number };
  readonly ranks: number;
  readonly height: number;
}

function laneTrace(lane: Lane, stretches: readonly Stretch[], frame: Frame): ScatterTrace {
  const { span, ranks, height } = frame;
  const drawn = merged(stretches, RESOLUTION * (span.end - span.start));
  const x: Coordinate[] = [];
  const y: Coordinate[] = [];
  const text: string[] = [];
  for (const { rank, name, start, end } of drawn) {
    const at = rank + BAND * ((lanes.indexOf(lane) + 0.5) / lanes.length - 0.5);
    const label = `${name}: ${brief(end - start)} ms`;
    x.push(start, end, null);
    y.push(at, at, null);
    text.push(label, label, '');
  }
  const pixels = ((height - HEIGHT.frame) * BAND * LANE_PIXELS) / (lanes.length * ranks);
  return {
    ...{ type: 'scatter', mode: 'lines', x, y, text, name: lane, showlegend: true },
    line: { color: LANES[lane], width: Math.max(2, Math.round(pixels)) },
    hovertemplate: `${lane}: %{text}<extra></extra>`
  };
}

/** Neighbouring stretches of a rank as one where the gap between them is too small to be seen. */
function merged(stretches: readonly Stretch[], gap: number): Stretch[] {
  const sorted = [...stretches].sort((a, b) => a.rank - b.rank || a.start - b.start);
  const result: Stretch[] = [];
  for (const next of sorted) {
    const last = result.at(-1);
    if (!last || last.rank !== next.rank || next.start - last.end > gap) result.push(next);
    else if (last.end - last.start <= gap || next.end - next.start <= gap || next.end <= last.end) {
      const name = last.name === next.name ? last.name : `${last.name} …`;
      result[result.length - 1] = { ...last, name, end: Math.max(last.end, next.end) };
    } else result.push(next);
  }
  return result;
}

function summaryOf(
  title: string,
  stretches: readonly Stretch[],
  { span, ranks }: Pick<Frame, 'span' | 'ranks'>
): string {
  const whole = ranks * (span.end - span.start);
  const shares = (['compute', 'wait'] as const).map(lane => {
    const spent = covered(stretches.filter(one => one.lane === lane));
    return `${lane} ${Math.round((100 * spent) / (whole || 1))} %`;
  });
  const length = brief(span.end - span.start);
  return `${title}: ${ranks} ${ranks === 1 ? 'rank' : 'ranks'}, ${length} ms, ${shares.join(', ')}`;
}

/** The time in which there was any of the stretches: a rank waits for several peers at once. */
function covered(stretches: readonly Stretch[]): number {
  const sorted = [...stretches].sort((a, b) => a.rank - b.rank || a.start - b.start);
  let sum = 0;
  let until = { rank: NaN, end: 0 };
  for (const { rank, start, end } of sorted) {
    if (rank !== until.rank) until = { rank, end: -Infinity };
    sum += Math.max(0, end - Math.max(start, until.end));
    until.end = Math.max(until.end, end);
  }
  return sum;
}

function invalid(expected: string, received: string): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: 'plot.timeline', expected, received });
}
