/** Timelines: one valid trace of all ranks on one clock, off and free by default. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  toTrace,
  type ChromeTrace,
  type CompleteEvent
} from '../../../kernel-runtime/src/cluster/client/timeline.js';
import { CellTime } from '../../../kernel-runtime/src/cluster/collectives/cell-time.js';
import { clockOffset } from '../../../kernel-runtime/src/cluster/net/clock.js';
import { Spans } from '../../../kernel-runtime/src/cluster/net/spans.js';
import { stretchesOf } from '../../../kernel-runtime/src/cluster/net/stretches.js';
import {
  isRankTimeline,
  SPAN_KINDS,
  type Span
} from '../../../kernel-runtime/src/cluster/protocol/timeline.js';
import { temporaryFolder } from '../../helpers/folder.js';
import { clusterErrorOf, startCluster } from '../real-cluster.js';
import { faultsOf } from './trace-rules.js';

const clock = { offset: 0, roundTrip: 0.1 };
const record = (rank: number, spans: Span[], offset = 0) => {
  return { rank, spans, dropped: 0, clock: { ...clock, offset } };
};
const span = (kind: Span['kind'], start: number, end: number, more: Partial<Span> = {}): Span => {
  return { kind, name: kind, start, end, ...more };
};
const stretches = ({ traceEvents }: ChromeTrace): CompleteEvent[] =>
  traceEvents.filter(event => event.ph === 'X');

describe('A trace', () => {
  it('is valid for any stretches, however they overlap', () => {
    const anySpan = fc
      .tuple(
        fc.constantFrom(...SPAN_KINDS),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 30 })
      )
      .map(([kind, start, length]) => span(kind, start / 3, (start + length) / 3));
    fc.assert(
      fc.property(fc.array(fc.array(anySpan), { minLength: 1, maxLength: 4 }), ranks => {
        const marked = ranks.map(spans => [...spans, span('mark', 20, 20)]);
        const trace = toTrace(marked.map((spans, rank) => record(rank, spans, 1000 * rank)));
        expect(faultsOf(trace)).toEqual([]);
        expect(stretches(trace)).toHaveLength(ranks.flat().length);
      })
    );
  });

  it('counts in whole microseconds from the first stretch, on the clock of the controller', () => {
    const trace = toTrace([
      record(0, [span('compute', 1005, 1007.5)]),
      record(1, [span('send', 5.25, 5.5, { peer: 0, bytes: 8 })], 1000)
    ]);
    expect(stretches(trace)).toMatchObject([
      { pid: 0, ts: 0, dur: 2500, cat: 'compute' },
      { pid: 1, ts: 250, dur: 250, cat: 'send', args: { peer: 0, bytes: 8 } }
    ]);
    expect(trace.otherData.clocks[1]).toEqual({ rank: 1, offset: 1000, roundTrip: 0.1 });
  });

  it('keeps what contains another stretch on its thread, and gives what overlaps one of its own', () => {
    const inside = toTrace([record(0, [span('wait', 0, 9), span('wait', 2, 5)])]);
    const across = toTrace([record(0, [span('wait', 0, 5), span('wait', 2, 9)])]);
    const threads = (trace: ChromeTrace) => new Set(stretches(trace).map(({ tid }) => tid)).size;
    expect([threads(inside), threads(across)]).toEqual([1, 2]);
  });

  it.each([
    ['no record', null],
    ['a kind that is none', { clock, dropped: 0, spans: [{ ...span('send', 0, 1), kind: 'nap' }] }],
    ['a time that is no number', { clock, dropped: 0, spans: [span('send', NaN, 1)] }],
    ['no clock', { dropped: 0, spans: [] }]
  ])('is not made of %s', (_, value) => expect(isRankTimeline(value)).toBe(false));
});

describe('The rules of the format', () => {
  const names = [
    { ph: 'M', name: 'process_name', pid: 0, tid: 0, args: { name: 'rank 0' } },
    { ph: 'M', name: 'thread_name', pid: 0, tid: 1, args: { name: 'send' } }
  ];
  const at = (ts: unknown, more: object = {}): object => {
    return { ph: 'X', name: 'a', cat: 'send', ts, dur: 2, pid: 0, tid: 1, ...more };
  };

  it.each<[string, unknown, RegExp]>([
    ['no list of events', {}, /no traceEvents/],
    ['an event that is none', { traceEvents: [7] }, /no record/],
    ['an unknown phase', { traceEvents: [...names, at(1, { ph: 'Y' })] }, /phase Y/],
    ['a time that is none', { traceEvents: [...names, at(null)] }, /ts null/],
    ['a negative time', { traceEvents: [...names, at(-1)] }, /ts -1/],
    ['a stretch without its length', { traceEvents: [...names, at(1, { dur: undefined })] }, /dur/],
    ['a negative length', { traceEvents: [...names, at(1, { dur: -2 })] }, /dur -2/],
    ['a thread that is none', { traceEvents: [...names, at(1, { tid: 'x' })] }, /tid x/],
    ['no name', { traceEvents: [...names, at(1, { name: '' })] }, /no name/],
    ['arguments in a list', { traceEvents: [...names, at(1, { args: null })] }, /args/],
    ['an unnamed process', { traceEvents: [...names, at(1, { pid: 3 })] }, /no process_name 3/],
    ['an unnamed thread', { traceEvents: [...names, at(1, { tid: 2 })] }, /no thread_name 0 2/],
    ['a name told twice', { traceEvents: [...names, names[0]] }, /told twice/],
    ['unknown metadata', { traceEvents: [{ ...names[0], name: 'colour' }] }, /metadata colour/],
    ['metadata of no text', { traceEvents: [{ ...names[0], args: {} }] }, /args.name/],
    ['stretches that overlap', { traceEvents: [...names, at(1), at(2)] }, /overlaps/],
    ['events out of order', { traceEvents: [...names, at(5), at(1)] }, /1 is late/],
    ['an end too many', { traceEvents: [...names, at(1, { ph: 'E' })] }, /without its beginning/],
    ['a beginning too many', { traceEvents: [...names, at(1, { ph: 'B' })] }, /never ends/],
    [
      'ends in the wrong order',
      {
        traceEvents: [
          ...names,
          ...[at(1, { ph: 'B' }), at(2, { ph: 'B', name: 'b' })],
          ...[at(3, { ph: 'E', name: 'a' }), at(4, { ph: 'E', name: 'b' })]
        ]
      },
      /a ends in b/
    ],
    ['a flow without its end', { traceEvents: [...names, at(1, { ph: 's', id: 1 })] }, /flow/],
    ['an instant of no scope', { traceEvents: [...names, at(1, { ph: 'i', s: 'x' })] }, /s x/]
  ])('find %s', (_, trace, fault) => expect(faultsOf(trace).join()).toMatch(fault));
});

describe('The offset of a clock', () => {
  type Trip = readonly [there: number, back: number];
  /** A clock that stands at `ahead` of ours, asked over a way that takes `there` and `back`. */
  const measure = (ahead: number, trips: readonly Trip[]) => {
    let [now, trip] = [0, 0];
    return clockOffset(
      () => {
        const [there, back] = trips[trip++ % trips.length];
        now += there;
        const theirs = now + ahead;
        now += back;
        return Promise.resolve(theirs);
      },
      () => now
    );
  };

  it.each<[string, number, Trip[], number]>([
    ['exact where both ways take the same time', 500, [[2, 2]], 500],
    [
      'right within half of the fastest trip',
      500,
      [
        [1, 2],
        [9, 1],
        [30, 30]
      ],
      499.5
    ],
    ['nothing where it cannot be told from the trip', 0, [[1, 4]], 0]
  ])('is %s', async (_, ahead, trips, expected) => {
    const { offset, roundTrip } = await measure(ahead, trips);
    expect(offset).toBe(expected);
    expect(Math.abs(offset - ahead)).toBeLessThanOrEqual(roundTrip / 2);
  });
});

describe('The time of a cell', () => {
  const turn = () => new Promise(resolve => setImmediate(resolve));

  it('is waiting only while a call is pending and nothing else is left to do', async () => {
    let now = 0;
    const spans = new Spans();
    spans.record(true);
    const time = new CellTime(spans, () => now);
    time.begin('cell');
    const end = time.call('neighborAllreduce');
    // It goes on computing beside the call.
    now = 3;
    await turn();
    now = 10;
    end?.();
    now = 12;
    await turn();
    time.end();
    expect(spans.take().spans).toEqual([
      { kind: 'compute', name: 'cell', start: 0, end: 3 },
      { kind: 'wait', name: 'neighborAllreduce', start: 3, end: 10 },
      { kind: 'compute', name: 'cell', start: 10, end: 12 }
    ]);
  });

  it('is known from the moment on when somebody looks, also within a cell', () => {
    let now = 0;
    const spans = new Spans();
    const time = new CellTime(spans, () => now);
    time.begin('cell');
    now = 4;
    expect(time.open).toBe(null);
    spans.record(true, 'live');
    time.join();
    expect(time.open).toEqual({ kind: 'compute', name: 'cell', start: 4 });
    now = 6;
    time.end();
    expect(time.open).toBe(null);
    expect(spans.take('live').spans).toEqual([{ kind: 'compute', name: 'cell', start: 4, end: 6 }]);
  });

  it('is taken by each who records without taking it from the other', () => {
    const spans = new Spans();
    spans.record(true);
    spans.record(true, 'live');
    spans.add(span('send', 0, 1));
    expect(spans.take('live').spans).toHaveLength(1);
    expect(spans.take('live').spans).toHaveLength(0);
    spans.record(false, 'live');
    expect(spans.isOn).toBe(true);
    expect(spans.take().spans).toHaveLength(1);
  });

  it('is not recorded while nobody wants it', () => {
    const spans = new Spans();
    const time = new CellTime(spans);
    time.begin('cell');
    time.call('barrier')?.();
    time.end();
    spans.begin('activity', 'a')();
    expect(spans.take()).toEqual({ spans: [], dropped: 0 });
  });
});

describe('Stretches', () => {
  const row = (from: number, count: number, length: number, step: number): Span[] =>
    Array.from({ length: count }, (_, k) =>
      span('wait', from + k * step, from + k * step + length, { bytes: 8 })
    );

  it.each([
    ['keep long spans apart', row(0, 2, 6, 7), 9, [[0, 6, 6, 1], [7, 13, 6, 1]]], // prettier-ignore
    ['make one of short ones that follow each other, with what they fill', row(0, 10, 1, 2), 9, [[0, 19, 10, 10]]], // prettier-ignore
    ['count the time of spans that overlap once', [span('send', 0, 20), span('send', 5, 25)], 9, [[0, 25, 25, 2]]], // prettier-ignore
    ['keep kinds apart', [span('send', 0, 1), span('wait', 0, 1)], 9, [[0, 1, 1, 1], [0, 1, 1, 1]]], // prettier-ignore
    ['become coarser where there would be too many', row(0, 8, 6, 7), 1, [[0, 55, 48, 8]]],
    ['are none of nothing', [], 1, []]
  ])('%s', (_, spans, most, expected) => {
    const found = stretchesOf(spans, most);
    expect(found.map(({ start, end, busy, count }) => [start, end, busy, count])).toEqual(expected);
    const sum = (all: readonly { bytes?: number }[]) =>
      all.reduce((bytes, one) => bytes + (one.bytes ?? 0), 0);
    expect(sum(found)).toBe(sum(spans));
  });
});

describe('cluster.timeline', () => {
  const folder = temporaryFolder();

  it('is one valid trace of all ranks, as a value and as a file', async () => {
    const cluster = await startCluster({ engines: 2 });
    await expect(cluster.timeline()).rejects.toMatchObject({ code: 'TIMELINE_OFF' });
    await cluster.recordTimeline();
    await cluster.execute(`
      const half = await activity('averaging', async () => await neighborAllreduce(rank()));
      await allreduce(new Float64Array(1000));
      timelineStartActivity('x', 'gradient');
      timelineEndActivity('x');
    `);
    await clusterErrorOf(cluster.execute('throw new Error("a new epoch")'));
    await cluster.execute(`
      await winCreate(Float64Array.of(rank(), 1), 'w');
      await winPut(Float64Array.of(1, 2), 'w');
      await winAccumulate(Float64Array.of(1, 2), 'w', { requireMutex: true });
      await winGet('w');
      await winMutex('w', {}, () => winUpdate('w'));
      await winFree('w');
    `);
    const path = join(folder, 'trace.json');
    const trace = await cluster.timeline(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(trace);
    expect(faultsOf(JSON.parse(readFileSync(path, 'utf8')))).toEqual([]);
    for (const rank of [0, 1]) {
      const own = stretches(trace).filter(({ pid }) => pid === rank);
      expect(own.map(({ cat }) => cat)).toEqual(expect.arrayContaining([...SPAN_KINDS]));
      const sent = own.filter(({ cat, name }) => cat === 'send' && name === 'neighborAllreduce');
      expect(sent.map(({ args }) => args)).toContainEqual({ peer: 1 - rank, bytes: 8 });
      const isWaitingFor = (name: string) =>
        own.some(one => one.cat === 'wait' && one.name === name && one.args.peer === 1 - rank);
      expect(isWaitingFor('neighborAllreduce') && isWaitingFor('allreduce (average)')).toBe(true);
      expect(own.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['averaging', 'gradient (x)'])
      );
      const windows = own.filter(({ name }) => name.endsWith(' "w"'));
      expect(windows.map(({ cat, name, args }) => [cat, name, args])).toEqual(
        expect.arrayContaining([
          ['send', 'winPut "w"', { peer: 1 - rank, bytes: 16 }],
          ['send', 'winAccumulate "w"', { peer: 1 - rank, bytes: 16 }],
          ['wait', 'winGet "w"', { peer: 1 - rank }],
          ['wait', 'winMutex "w"', { peer: 1 - rank }],
          ['reduce', 'winUpdate "w"', {}]
        ])
      );
      const marks = trace.traceEvents.filter(({ ph, pid }) => ph === 'i' && pid === rank);
      expect(marks).toMatchObject([{ name: expect.stringMatching(/^epoch \d+$/), s: 'p' }]);
      expect(trace.traceEvents).toContainEqual(
        expect.objectContaining({ name: 'process_name', pid: rank, args: { name: `rank ${rank}` } })
      );
    }
    await expect(cluster.timeline(join(folder, 'missing', 't.json'))).rejects.toThrow('ENOENT');
    await cluster.recordTimeline(false);
    await cluster.execute(`timelineStartActivity('x', 'late')`);
    await expect(cluster.timeline()).rejects.toMatchObject({ code: 'TIMELINE_OFF' });
  });
});
