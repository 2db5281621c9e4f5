/** Which calls of neighborAllreduce count as alike: those for which a plan that was made once is right. */
import { expect, it } from 'vitest';

import { SpecMemo } from '../../../kernel-runtime/src/mathematics/communicator/spec-memo.js';
import type { NeighborAllreduceOptions } from '../../../kernel-runtime/src/mathematics/communicator/communicator.js';
import type { NeighborSpec } from '../../../kernel-runtime/src/mathematics/communicator/specs.js';

const options = {
  selfWeight: 0.5,
  srcWeights: { 1: 0.5 },
  dstWeights: [1],
  enableTopoCheck: false
};

/** Whether the second call gets what was made for the first. */
function isAlike(first: unknown, second: unknown): boolean {
  const memo = new SpecMemo();
  const make = (): NeighborSpec => ({}) as NeighborSpec;
  const made = memo.of(first as NeighborAllreduceOptions, make);
  return memo.of(second as NeighborAllreduceOptions, make) === made;
}

it('takes two records of equal weights for one', () => {
  expect(isAlike(options, structuredClone(options))).toBe(true);
});

it.each([
  ['another weight', { selfWeight: 0.25 }],
  ['no weight', { selfWeight: undefined }],
  ['another source', { srcWeights: { 2: 0.5 } }],
  ['one source more', { srcWeights: { 1: 0.5, 2: 0 } }],
  ['another destination', { dstWeights: [2] }],
  ['no destination', { dstWeights: [] }],
  ['destinations of the topology', { dstWeights: undefined }],
  ['a factor for rank 0', { dstWeights: { 0: 1 } }],
  ['a check', { enableTopoCheck: true }],
  ['a weight in words, which is to be refused', { srcWeights: { 1: '0.5' } }],
  ['a rank in words', { dstWeights: ['1'] }],
  ['words in place of ranks', { dstWeights: '1' }],
  ['nothing in place of weights', { srcWeights: null }]
])('tells calls apart by %s', (_, change) => {
  expect(isAlike(options, { ...options, ...change })).toBe(false);
});

it('keeps nothing for maps', () => {
  const maps = { ...options, srcWeights: new Map([[1, 0.5]]) };
  expect(isAlike(maps, maps)).toBe(false);
});
