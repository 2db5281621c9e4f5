/** The number in the status bar: what the counters of engines come to, and how it is written. */
import { describe, expect, it } from 'vitest';
import type { EngineStats } from '../../extension/src/clusters/state.js';
import { longestRate, MessageRate, shortRate } from '../../extension/src/notebook/message-rate.js';

/** An engine that has received so many messages when its clock shows `at`. */
const told = (rank: number, at: number, receivedMessages: number): EngineStats => ({
  ...{ rank, at, selfWeight: 1, sources: [], weights: [], topology: 'ring', memory: 1, cpu: 0 },
  ...{ variables: [], rounds: 0, device: 'cpu', picked: {} },
  peers: [{ rank: 9, sentBytes: 0, receivedBytes: 0, receivedMessages }]
});

/** The rate after looks at these moments of the page. */
const after = (...looks: readonly [arrived: number, ...engines: EngineStats[]][]): MessageRate => {
  const rate = new MessageRate();
  for (const [arrived, ...engines] of looks) rate.add(engines, arrived);
  return rate;
};

describe('the messages a second of a cluster', () => {
  it.each([
    ['are unknown at first', after([0, told(0, 0, 7)]), 0, null],
    [
      'count by the clock of each engine, not by when the page has heard of it',
      after([0, told(0, 5000, 0), told(1, 900, 2)], [70, told(0, 6000, 8), told(1, 1400, 4)]),
      70,
      12
    ],
    [
      'stay while one engine is sent along as it was',
      after([0, told(0, 0, 0)], [1000, told(0, 1000, 5)], [1250, told(0, 1000, 5)]),
      1250,
      5
    ],
    ['begin anew with a restarted engine', after([0, told(0, 0, 50)], [1000, told(0, 1000, 3)]), 1000, 0], // prettier-ignore
    ['leave out who has been silent for long', after([0, told(0, 0, 0), told(1, 0, 0)], [1000, told(0, 1000, 9), told(1, 1000, 4)], [4500, told(1, 4500, 4)]), 4500, 0], // prettier-ignore
    ['are unknown when nobody tells any more', after([0, told(0, 0, 0)], [1000, told(0, 1000, 9)]), 9000, null] // prettier-ignore
  ])('%s', (_, rate, now, expected) => {
    expect(rate.at(now)).toBe(expected);
  });

  it.each([
    [0, '0'],
    [0.25, '0.3'],
    [9.96, '10'],
    [12.4, '12'],
    [4820.6, '4821'],
    [24_600, '25k'],
    [999_400, '999k']
  ])('%s is written %s, never longer than the place that is kept', (rate, text) => {
    expect(shortRate(rate)).toBe(text);
    expect(text.length).toBeLessThanOrEqual(longestRate.length);
  });
});
