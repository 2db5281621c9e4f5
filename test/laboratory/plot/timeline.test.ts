/** `plot.timeline`: a trace as bands of ranks, from `cluster.timeline()` or from its file. */
import { describe, expect, it } from 'vitest';
import { timeline, type EventLike } from '../../../kernel-runtime/src/laboratory/plot/timeline.js';
import type { ScatterTrace } from '../../../kernel-runtime/src/laboratory/plot/traces.js';

const event = (cat: string, pid: number, ts: number, dur: number, args = {}): EventLike => {
  return { ph: 'X', name: cat, cat, pid, ts, dur, args };
};
const events = [
  { ph: 'M', name: 'process_name', pid: 0, args: { name: 'rank 0' } },
  event('compute', 0, 0, 6000),
  event('wait', 0, 6000, 2000, { peer: 1 }),
  event('compute', 1, 0, 8000),
  event('send', 1, 1000, 500, { peer: 0, bytes: 1024 }),
  event('of another tool', 1, 0, 1)
];
const { data, layout, summary } = timeline({ traceEvents: events });

describe('plot.timeline', () => {
  it('draws a lane of each kind, in ms, and leaves gaps between stretches', () => {
    const lanes = data as ScatterTrace[];
    expect(lanes.map(({ name }) => name)).toEqual(['compute', 'wait', 'send']);
    expect(lanes[0].x).toEqual([0, 6, null, 0, 8, null]);
    expect(lanes.map(({ y }) => Math.abs(Math.round(y[0] as number)))).toEqual([0, 0, 1]);
    expect(lanes[1].text?.[0]).toBe('wait for rank 1: 2 ms');
    expect(lanes[2].text?.[0]).toBe('send to rank 0, 1024 bytes: 0.5 ms');
    expect(layout.yaxis).toMatchObject({ tickvals: [0, 1], autorange: 'reversed' });
  });

  it('says in a sentence how the time was spent', () => {
    expect(summary).toBe('Timeline: 2 ranks, 8 ms, compute 88 %, wait 13 %');
  });

  it('counts the time in which a rank waits for several peers at once as often as it passes', () => {
    const waits = [1, 2, 3].map(peer => event('wait', 0, 1000 * peer, 4000, { peer }));
    const traceEvents = [...waits, event('compute', 0, 0, 1000), event('wait', 1, 2000, 6000)];
    expect(timeline({ traceEvents }).summary).toBe(
      'Timeline: 2 ranks, 8 ms, compute 6 %, wait 75 %'
    );
  });

  it('draws what lies in the time that is asked for, cut at its ends', () => {
    const [compute, wait] = timeline({ traceEvents: events }, { from: 5, to: 7 }).data;
    expect(compute.x).toEqual([5, 6, null, 5, 7, null]);
    expect(wait.x).toEqual([6, 7, null]);
  });

  it('takes stretches together that no screen tells apart', () => {
    const many = Array.from({ length: 30_000 }, (_, k) => event('compute', k % 2, 10 * k, 5));
    const [compute] = timeline({ traceEvents: many }).data;
    expect(compute.x.length).toBeLessThan(30_000);
    expect(compute.x[0]).toBe(0);
  });

  it('is a picture, too', () => {
    const svg = timeline({ traceEvents: events }).toSvg();
    expect(svg).toContain('>Timeline</text>');
    expect(svg.match(/stroke="#0072B2"/g)!.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['no trace', null],
    ['a list', []],
    ['a trace without stretches', { traceEvents: [] }],
    ['a time without stretches', { traceEvents: [event('send', 0, 9e6, 1)] }]
  ])('%s is refused', (_, trace) => {
    expect(() => timeline(trace as never, { to: 100 })).toThrow('plot.timeline');
  });
});
