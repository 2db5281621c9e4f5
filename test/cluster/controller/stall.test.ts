/** The words of a stall report. */
import { expect, it } from 'vitest';

import { Engine } from '../../../kernel-runtime/src/cluster/controller/registry.js';
import { describeStall } from '../../../kernel-runtime/src/cluster/controller/stall.js';
import type { EngineCondition } from '../../../kernel-runtime/src/cluster/protocol/state.js';

const NOW = 20_000;
const ALL = [0, 1, 2, 3];

/** Condition, the call it waits in, the milliseconds that it has computed without a pause, and the line of the call. */
type Facts = [EngineCondition, (readonly [string, number[]] | null)?, number?, string?];

function engines(facts: readonly Facts[]): Engine[] {
  return facts.map(([condition, call, computing = 0, line], rank) =>
    Object.assign(new Engine(rank), {
      condition,
      computing,
      ...(condition === 'silent' ? { detail: 'no sign of life for 4.2 s' } : {}),
      busySince: NOW - 6_000,
      waiting: call
        ? { op: call[0], on: call[1], for: 5_000, ...(line === undefined ? {} : { line }) }
        : null
    })
  );
}

it.each<[string, Facts[], number[], string | null]>([
  ['nobody waits', [['busy'], ['busy'], ['idle'], ['idle']], ALL, null],
  [
    'one rank computes',
    [
      ['waiting', ['barrier', [2]]],
      ['waiting', ['barrier', [2]]],
      ['busy', null, 5_400],
      ['waiting', ['barrier', [2]]]
    ],
    ALL,
    'Ranks 0, 1, 3 have waited 5.0 s in barrier for rank 2. Rank 2 has not come: cell 5 runs there since 6.0 s, and has computed without a pause for 5.4 s.'
  ],
  [
    'one rank waits for something else',
    [['waiting', ['barrier', [1]]], ['busy', null, 300], ['idle'], ['idle']],
    [0, 1],
    'Rank 0 has waited 5.0 s in barrier for rank 1. Rank 1 has not come: cell 5 runs there since 6.0 s, and waits for something else, such as a timer or a file.'
  ],
  [
    'one rank is frozen',
    [['waiting', ['barrier', [1]]], ['silent'], ['idle'], ['idle']],
    [0, 1],
    'Rank 0 has waited 5.0 s in barrier for rank 1. Rank 1 is frozen or cut off: no sign of life for 4.2 s.'
  ],
  [
    'one rank has finished',
    [['waiting', ['allreduce', [1]]], ['idle'], ['idle'], ['idle']],
    ALL,
    'Rank 0 has waited 5.0 s in allreduce for rank 1. Rank 1 will not come: cell 5 ended there 6.0 s ago.'
  ],
  [
    'one rank does not run the cell',
    [['waiting', ['allreduce', [3]]], ['busy'], ['busy'], ['idle']],
    [0, 1, 2],
    'Rank 0 has waited 5.0 s in allreduce for rank 3. Rank 3 does not run this cell.'
  ],
  [
    'one rank is lost',
    [['waiting', ['barrier', [1, 3]]], ['lost'], ['busy'], ['starting']],
    ALL,
    'Rank 0 has waited 5.0 s in barrier for ranks 1, 3. Rank 1 has no process (lost). Rank 3 has no process (starting).'
  ],
  [
    'two ranks wait for each other',
    [['waiting', ['broadcast', [1]]], ['waiting', ['allreduce', [0]]], ['idle'], ['idle']],
    ALL,
    'Rank 0 has waited 5.0 s in broadcast for rank 1. Rank 1 has waited 5.0 s in allreduce for rank 0.'
  ],
  [
    'ranks wait at several lines',
    [
      ['waiting', ['barrier', [2]], 0, 'cell 5, line 1'],
      ['waiting', ['barrier', [2]], 0, 'cell 5, line 1'],
      ['idle'],
      ['waiting', ['barrier', [2]], 0, 'cell 5, line 7']
    ],
    ALL,
    'Ranks 0, 1 have waited 5.0 s in barrier for rank 2, at cell 5, line 1. Rank 3 has waited 5.0 s in barrier for rank 2, at cell 5, line 7. Rank 2 will not come: cell 5 ended there 6.0 s ago.'
  ]
])('when %s, the report says so', (_, facts, ranks, expected) => {
  expect(describeStall({ engines: engines(facts), ranks, cell: 'cell 5', now: NOW })).toBe(
    expected
  );
});

it('ranks that are missing for the same reason are told together', () => {
  const facts: Facts[] = [['waiting', ['barrier', [1, 2]]], ['busy'], ['busy'], ['idle']];
  expect(describeStall({ engines: engines(facts), ranks: ALL, cell: 'cell 5', now: NOW })).toBe(
    'Rank 0 has waited 5.0 s in barrier for ranks 1, 2. Ranks 1, 2 have not come: cell 5 runs there since 6.0 s, and waits for something else, such as a timer or a file.'
  );
});

it('of 64 ranks that each wait for others, a report stays one that can be read', () => {
  const ranks = Array.from({ length: 64 }, (_, rank) => rank);
  const facts = ranks.map((rank): Facts =>
    rank % 16 === 15 ? ['busy'] : ['waiting', ['allgather', ranks.filter(j => j % 7 !== rank % 7)]]
  );
  expect(describeStall({ engines: engines(facts), ranks, cell: 'cell 5', now: NOW })).toBe(
    'Ranks 0, 1, 2, 3, 4, 5, 6, 7 and 52 others have waited 5.0 s in allgather for ranks 15, 31, 47, 63. Ranks 15, 31, 47, 63 have not come: cell 5 runs there since 6.0 s, and waits for something else, such as a timer or a file.'
  );
});
