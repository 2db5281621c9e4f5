/** What the timeline makes of what engines tell: the last seconds, the course of averaging, and where lanes lie. */
import { describe, expect, it } from 'vitest';
import type { EngineStats, Lately, Stretch } from '../../extension/src/clusters/state.js';
import {
  ConsensusTrack,
  consensusPoint,
  rateOf,
  theoryOf
} from '../../extension/src/timeline/consensus.js';
import { History, spansOf, stretchAt } from '../../extension/src/timeline/history.js';
import {
  axisHeight,
  geometryOf,
  gutter,
  heightOf,
  laneTop,
  placeAt,
  xOf
} from '../../extension/src/timeline/lane-geometry.js';

const stretch = (kind: Stretch['kind'], start: number, end: number, busy = end - start) => ({
  ...{ kind, name: kind, start, end, busy, count: 1 }
});

const engine = (rank: number, more: Partial<EngineStats> = {}): EngineStats => ({
  ...{ rank, sources: [], weights: [], selfWeight: 1, topology: 'ring', peers: [] },
  ...{ at: 0, memory: 1, cpu: 0, variables: [], rounds: 0, device: 'cpu', picked: {} },
  ...more
});

const told = (rank: number, lately: Lately, receivedBytes = 0): EngineStats =>
  engine(rank, { lately, peers: [{ rank: 9, sentBytes: 0, receivedBytes, receivedMessages: 0 }] });

describe('The last seconds', () => {
  it('keep what is not older, and go on by the clock of the page', () => {
    const history = new History(1000);
    expect(history.edge(5)).toBe(undefined);
    history.add([told(1, { now: 2000, stretches: [stretch('wait', 1500, 1800)] })], 50);
    history.add([told(1, { now: 2900, stretches: [stretch('send', 2800, 2850)] })], 950);
    expect(history.ranks[0]?.stretches.map(({ kind }) => kind)).toEqual(['send']);
    expect(history.edge(1050)).toBe(3000);
  });

  it('are shared among kinds by what was filled, the span that goes on included', () => {
    const history = new History(1000);
    history.add([told(0, { now: 1000, stretches: [] })], 0);
    const open = { kind: 'wait' as const, name: 'allreduce', start: 1750 };
    const stretches = [stretch('compute', 1000, 1500, 250)];
    history.add([told(0, { now: 2000, stretches, open })], 1000);
    const [one] = history.ranks;
    expect(one && history.sharesOf(one)).toMatchObject({ compute: 0.25, wait: 0.25, send: 0 });
  });

  it('count bytes a second, and begin anew with a restarted engine', () => {
    const history = new History(10_000);
    history.add([told(0, { now: 0, stretches: [] }, 100)], 0);
    history.add([told(0, { now: 500, stretches: [] }, 600)], 500);
    history.add([told(0, { now: 1000, stretches: [] }, 8)], 1000);
    expect(history.rates.map(({ bytes }) => bytes)).toEqual([1000, 0]);
  });
});

describe('The course of averaging', () => {
  const curve = (samples: readonly [k: number, distance: number, isIdle: boolean][]) => {
    const track = new ConsensusTrack();
    for (const [k, distance, isIdle] of samples) track.add({ k, distance }, isIdle);
    return track.points.map(({ k, distance }) => [k, distance]);
  };

  it.each([
    ['begins at the last value before the first round', [[0, 9, true], [0, 4, true], [2, 1, false], [3, 0.5, true]], [[0, 4], [2, 1], [3, 0.5]]], // prettier-ignore
    ['stays in sight when all is done', [[0, 4, true], [2, 1, false], [2, 1, true], [2, 1, true]], [[0, 4], [2, 1]]], // prettier-ignore
    ['begins anew with the next cell, where it rested', [[0, 4, true], [2, 1, false], [2, 8, true], [3, 4, false]], [[2, 8], [3, 4]]], // prettier-ignore
    ['begins anew where x was set in between', [[0, 4, false], [2, 1, false], [3, 6, false], [4, 3, false]], [[3, 6], [4, 3]]], // prettier-ignore
    [
      'begins anew with restarted engines',
      [
        [7, 4, true],
        [9, 1, false],
        [1, 1, false]
      ],
      [[1, 1]]
    ]
  ] as [string, [number, number, boolean][], number[][]][])('%s', (_, samples, expected) => {
    expect(curve(samples)).toEqual(expected);
  });

  it('is promised by theory from its first point', () => {
    const points = [3, 4, 6].map(k => ({ k, distance: 8 }));
    expect(theoryOf(points, 0.5)).toEqual([8, 4, 1]);
    expect(theoryOf([], 0.5)).toEqual([]);
  });

  it('is the mean of the squared distances, by the mean of the rounds', () => {
    const of = (distance: number | null, rounds: number) =>
      engine(0, { rounds, picked: { x: { value: 1, distance } } });
    expect(consensusPoint([of(1, 4), of(3, 6)], 'x')).toEqual({ k: 5, distance: 5 });
    expect(consensusPoint([of(1, 4)], 'y')).toBe(null);
    expect(consensusPoint([of(1, 4), of(null, 4)], 'x')).toBe(null);
  });

  const rate = (norm: number) =>
    engine(0, { rho: 0.5, variables: [{ name: 'rate', type: 'number', shape: [], norm }] });
  it.each([
    ['ρ² of W', [engine(1), engine(0, { rho: 0.5 })], { rate: 0.25, isGiven: false }],
    ['what the notebook gives', [rate(0.9)], { rate: 0.9, isGiven: true }],
    ['ρ² where that is no factor', [rate(1.5)], { rate: 0.25, isGiven: false }],
    ['unknown without W', [engine(1)], null]
  ])('goes by %s', (_, engines, expected) => {
    expect(rateOf(engines)).toEqual(expected);
  });
});

describe('The lanes', () => {
  const geometry = geometryOf(['compute', 'wait', 'send'], {
    ...{ ranks: 4, width: gutter + 1000, height: 400, span: 10_000 }
  });

  it('lie where the pointer finds them', () => {
    const y = laneTop(geometry, 2, 1) + 1;
    const x = xOf(geometry, 7000, 12_000);
    expect(placeAt(geometry, { x, y, edge: 12_000 })).toEqual({ row: 2, lane: 'wait', time: 7000 });
  });

  it('fill their bands: as much room above the first as below the last, and band follows band', () => {
    const { bandHeight, laneHeight, lanes, ranks } = geometry;
    for (let row = 0; row < ranks; row++) {
      const band = axisHeight + row * bandHeight;
      const above = laneTop(geometry, row, 0) - band;
      const below = band + bandHeight - laneTop(geometry, row, lanes.length - 1) - laneHeight;
      expect([above, below]).toEqual([5, 5]);
    }
    expect(laneTop(geometry, ranks - 1, lanes.length - 1)).toBeLessThan(heightOf(geometry));
  });

  it.each([
    ['above them', gutter + 5, axisHeight - 5],
    ['at their numbers', 3, axisHeight + 12],
    ['between two bands', gutter + 5, axisHeight + geometry.bandHeight - 1],
    ['below them', gutter + 5, 2000]
  ])('are not found %s', (_, x, y) => {
    expect(placeAt(geometry, { x, y, edge: 0 })).toBe(null);
  });

  it('are walked with the span that goes on, and without those that have left', () => {
    const open = { kind: 'wait', name: 'barrier', start: 90 } as const;
    const stretches = [stretch('wait', 1, 9), stretch('wait', 20, 30), stretch('send', 40, 50)];
    const history = { rank: 0, stretches, open, toldAt: 100 };
    expect(spansOf(history, 'wait', 10)).toEqual([stretches[1], open]);
    expect(spansOf(history, 'send', 10)).toEqual([stretches[2]]);
    expect(spansOf(history, 'compute', 10)).toEqual([]);
  });

  it('name the span that began last at a time', () => {
    const stretches = [stretch('wait', 0, 10), stretch('wait', 5, 20), stretch('send', 5, 20)];
    const history = { rank: 0, stretches, open: undefined, toldAt: 20 };
    const at = (time: number) => stretchAt(history, 'wait', { time, reach: 1 })?.start;
    expect([at(3), at(7), at(21), at(22)]).toEqual([0, 5, 5, undefined]);
  });
});
