/** What a reader is told to do can be copied into the next cell. */
import { inspect } from 'node:util';
import { expect, it } from 'vitest';

import { AsyncResult } from '../../../kernel-runtime/src/cluster/client/async-result.js';
import { describeError, forScripts } from '../../../kernel-runtime/src/errors.js';

const lost = describeError('PEER_LOST', { call: 'barrier', rank: 3 });

it.each([
  ['of one engine names it', lost, 'await cluster.restart(3)'],
  [
    'for an error without a rank names none',
    describeError('RANK_ABSENT', { what: 'x', members: [0] }),
    'await cluster.restart(rank)'
  ],
  [
    'is that of a script there, with any rank',
    forScripts(`${lost} ${describeError('PEER_LOST', { call: 'x' })}`),
    /^[^`]*Mend what has ended that process[^`]*Mend what has ended that process[^`]*$/
  ]
])('The remedy %s', (_, text, told) => {
  expect(text).toMatch(told);
});

it('A result that nobody waits for says how far it is, and to wait', () => {
  const pending = new AsyncResult(2, onFinished => {
    onFinished();
    return new Promise(() => undefined);
  });
  expect(inspect(pending)).toBe('AsyncResult { 1 of 2 ranks done } – `await` it for the values');
});
