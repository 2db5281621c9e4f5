/** Cells on engines, and when what they show is stale. */
import { describe, expect, it } from 'vitest';
import type { ClusterState, EngineStateName } from '../../extension/src/clusters/state.js';
import {
  Freshness,
  isEngineCell,
  keptFreshness,
  processesOf
} from '../../extension/src/notebook/freshness.js';

const cluster = (pids: number[], state: EngineStateName = 'idle'): ClusterState => ({
  ...{ id: 'a', size: pids.length, epoch: 1 },
  engines: pids.map((pid, rank) => ({ rank, pid, state }))
});

describe('a cell on engines', () => {
  it.each([
    ['%%px\nx', true],
    ['%%px --targets 0\nx', true],
    ['// note\n\n%%px\nx', true],
    ['%%time\n%%px\nx', true],
    ['x\n%%px', false],
    ['%px x', false],
    ['%%pxresult', false],
    ['', false]
  ])('is told by its first magic: %j', (source, expected) => {
    expect(isEngineCell(source)).toBe(expected);
  });
});

describe('the processes of a cluster', () => {
  it('are others after a restart, a loss, and without a cluster; work changes nothing', () => {
    const now = processesOf(cluster([1, 2]));
    expect(processesOf(cluster([1, 2], 'busy'))).toBe(now);
    const others = [cluster([1, 3]), cluster([1, 2], 'lost'), undefined].map(processesOf);
    expect(new Set([now, ...others]).size).toBe(4);
  });
});

describe('a cell is stale', () => {
  type Look = [count: number | null, processes: string | null | undefined];
  const run = (...looks: Look[]): boolean => {
    const freshness = new Freshness();
    return looks
      .map(([count, processes]) => freshness.look(new Map([['c', count]]), processes).has('c'))
      .some(Boolean);
  };

  it.each<[string, boolean, ...Look[]]>([
    ['when its engines are others now', true, [null, 'p'], [1, 'p'], [1, 'q']],
    ['when its cluster is gone', true, [null, 'p'], [1, 'p'], [1, null]],
    ['never, if the same engines are there', false, [null, 'p'], [1, 'p'], [1, 'p']],
    ['no more, once it has run again', false, [null, 'p'], [1, 'p'], [2, 'q'], [2, 'q']],
    [
      'not, when the cluster is heard of after it has run',
      false,
      [null, null],
      [1, null],
      [1, 'p']
    ],
    ['not, while nobody knows of the cluster', false, [null, 'p'], [1, 'p'], [1, undefined]],
    ['not, when the notebook came with its output', false, [7, 'p'], [7, 'q']]
  ])('%s', (_, expected, ...looks) => {
    expect(run(...looks)).toBe(expected);
  });

  it('still, while nobody knows of the cluster', () => {
    const freshness = new Freshness();
    const at = (count: number | null) => new Map([['c', count]]);
    freshness.look(at(null), 'p');
    freshness.look(at(1), 'p');
    expect([...freshness.look(at(1), 'q')]).toEqual(['c']);
    expect([...freshness.look(at(1), undefined)]).toEqual(['c']);
  });

  it.each([
    ['and stays so when the page is loaded anew', 1, 'q', true],
    ['and is fresh in a new page on the same engines', 1, 'p', false],
    ['not, when it has run elsewhere meanwhile', 2, 'q', false]
  ])('%s', (_, count, processes, expected) => {
    const before = new Freshness();
    before.look(new Map([['c', null]]), 'p');
    before.look(new Map([['c', 1]]), 'p');
    const kept = keptFreshness(JSON.parse(JSON.stringify(before.kept)));
    const after = new Freshness(kept);
    expect(after.look(new Map([['c', count]]), undefined).has('c')).toBe(false);
    expect(after.look(new Map([['c', count]]), processes).has('c')).toBe(expected);
  });

  it('by nothing that a damaged memory says', () => {
    const damaged = { a: [1, 'p'], b: 'x', c: [1], d: ['1', 'p'], e: null };
    expect(keptFreshness(damaged)).toEqual({ a: [1, 'p'] });
    expect(keptFreshness(null)).toEqual({});
  });
});
