/** Errors of several engines as one. */
import { expect, it } from 'vitest';

import {
  ClusterError,
  groupErrors,
  type RankError
} from '../../../kernel-runtime/src/cluster/client/cluster-error.js';

const failed = (rank: number, message: string, code?: string): RankError => ({
  rank,
  error: { name: 'Error', message, traceback: [], ...(code ? { code } : {}) }
});

it.each<[string, RankError[], string]>([
  ['one error', [failed(3, 'a')], 'Engine 3 failed: Error: a'],
  [
    'the same error on three ranks',
    [failed(1, 'a'), failed(2, 'a'), failed(5, 'a')],
    '3 engines failed the same way (ranks 1, 2, 5): Error: a'
  ],
  [
    'different errors, the most frequent first',
    [failed(0, 'a'), failed(1, 'b'), failed(2, 'b')],
    '2 engines failed the same way (ranks 1, 2): Error: b\nEngine 0 failed: Error: a'
  ],
  [
    'a cause before its consequences',
    [failed(0, 'waited', 'PEER_FAILED'), failed(1, 'cause'), failed(2, 'waited', 'PEER_FAILED')],
    'Engine 1 failed: Error: cause\n2 engines failed the same way (ranks 0, 2): Error: waited'
  ]
])('%s is told in few lines', (_, errors, expected) => {
  expect(new ClusterError(errors).message).toBe(expected);
});

it('groups keep the ranks of every error', () => {
  const groups = groupErrors([failed(0, 'a'), failed(1, 'b'), failed(2, 'a')]);
  expect(groups.map(({ ranks }) => ranks)).toEqual([[0, 2], [1]]);
});
