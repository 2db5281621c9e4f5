/** Circles of ranks that wait for each other under different names. */
import { expect, it } from 'vitest';

import { namesApart } from '../../../kernel-runtime/src/cluster/controller/apart.js';
import { describeError } from '../../../kernel-runtime/src/errors.js';

/** By rank: the name of the call, and whom it waits for; null for a rank that does not wait. */
type Facts = readonly ([name: string | undefined, on: number[]] | null)[];

it.each<[string, Facts, string | null]>([
  ['nobody waits', [null, null], null],
  ['two wait for each other in one call', [['a', [1]], ['a', [0]]], null], // prettier-ignore
  ['one waits for a rank that computes', [['a', [1]], null], null],
  [
    'two calls have different names',
    [['a', [1]], ['b', [0]]], // prettier-ignore
    'rank 0 called exchange with the name "a" (cell 3, line 1) and waits for rank 1, but rank 1 called exchange with the name "b" (cell 3, line 2) and waits for rank 0'
  ],
  [
    'one call has no name',
    [null, [undefined, [2]], ['b', [1]]],
    'rank 1 called exchange without a name (cell 3, line 2) and waits for rank 2, but rank 2 called exchange with the name "b" (cell 3, line 3) and waits for rank 1'
  ],
  [
    'the circle is longer',
    [
      ['a', [1]],
      ['a', [2]],
      ['b', [0]]
    ],
    'rank 1 called exchange with the name "a" (cell 3, line 2) and waits for rank 2, but rank 2 called exchange with the name "b" (cell 3, line 3) and waits for rank 0'
  ],
  [
    'a rank with another name is waited for, and waits for one that computes',
    [['a', [1]], ['b', [2]], null],
    null
  ],
  [
    'a circle stands beside others who wait',
    [
      ['a', [1, 3]],
      ['a', [0, 2]],
      ['b', [1, 3]],
      ['a', [0, 2]]
    ],
    'rank 2 called exchange with the name "b" (cell 3, line 3) and waits for ranks 1, 3, but rank 1 called exchange with the name "a" (cell 3, line 2) and waits for ranks 0, 2'
  ]
])('when %s, that is said or not', (_, facts, expected) => {
  const ranks = facts.map((fact, rank) => ({
    rank,
    waiting: fact && {
      op: 'exchange',
      on: fact[1],
      for: 5_000,
      line: `cell 3, line ${rank + 1}`,
      ...(fact[0] === undefined ? {} : { name: fact[0] })
    }
  }));
  const reason = namesApart(ranks);
  if (expected === null) expect(reason).toBeNull();
  else expect(reason && describeError(reason.code, reason.detail)).toContain(expected);
});
