/** Cells on engines, and when what they show is stale. */
import { describe, expect, it } from 'vitest';
import type { ClusterState, EngineStateName } from '../../extension/src/clusters/state.js';
import { Freshness, isEngineCell, processesOf } from '../../extension/src/notebook/freshness.js';

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
  const run = (...looks: [count: number | null, processes: string | null][]): boolean => {
    const freshness = new Freshness();
    return looks
      .map(([count, processes]) => freshness.look(new Map([['c', count]]), processes).has('c'))
      .some(Boolean);
  };

  it.each<[string, boolean, ...[number | null, string | null][]]>([
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
    ['not, when the notebook came with its output', false, [7, 'p'], [7, 'q']]
  ])('%s', (_, expected, ...looks) => {
    expect(run(...looks)).toBe(expected);
  });
});
