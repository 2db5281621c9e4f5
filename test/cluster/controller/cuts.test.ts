/** Which ranks a parted network goes on without. */
import { expect, it } from 'vitest';

import { Cuts } from '../../../kernel-runtime/src/cluster/controller/cuts.js';

type Pair = [number, number];

it.each<[string, Pair[], number[], number[]]>([
  ['no link is cut', [], [], []],
  ['one link is cut, told by one end', [[1, 3]], [], [3]], // prettier-ignore
  ['one link is cut, told by both ends', [[1, 3], [3, 1]], [], [3]], // prettier-ignore
  ['one rank is cut off from all', [[0, 1], [2, 1], [3, 1]], [], [1]], // prettier-ignore
  ['one end is lost anyway', [[1, 3]], [1], []], // prettier-ignore
  [
    'two of five are parted from three',
    [[0, 3], [0, 4], [1, 3], [1, 4], [2, 3], [2, 4]], // prettier-ignore
    [],
    [3, 4]
  ],
  ['two links have nothing in common', [[0, 1], [2, 3]], [], [1, 3]] // prettier-ignore
])('when %s', (_, cut, others, expected) => {
  const cuts = new Cuts();
  for (const [rank, peer] of cut) cuts.cut(rank, peer);
  expect(cuts.ranksToLeave(others)).toEqual(expected);
});

it('a link that is mended, or whose end has a new process, is whole again', () => {
  const cuts = new Cuts();
  cuts.cut(0, 1);
  cuts.cut(2, 3);
  cuts.mend(0, 1);
  cuts.forget(3);
  expect(cuts.has(0, 1)).toBe(false);
  expect(cuts.ranksToLeave([])).toEqual([]);
});

it('the last cut is waited for until it is old enough, and no older one', async () => {
  const cuts = new Cuts();
  await cuts.settled(60_000);
  cuts.cut(0, 1);
  const cutAt = performance.now();
  await cuts.settled(30);
  expect(performance.now() - cutAt).toBeGreaterThan(29);
  cuts.cut(0, 1);
  await cuts.settled(1);
  cuts.mend(0, 1);
  expect(cuts.ranksToLeave([])).toEqual([]);
});

it('a rank that has come back is waited for until its last link is heard, or for as long as that may take', async () => {
  const cuts = new Cuts();
  cuts.cut(0, 1);
  cuts.cut(2, 1);
  cuts.cut(2, 3);
  const heard = cuts.mended(1, new AbortController().signal).then(() => cuts.around(1));
  cuts.mend(0, 1);
  await Promise.resolve();
  cuts.mend(2, 1);
  expect(await heard).toEqual([]);
  const patience = new AbortController();
  const given = cuts.mended(3, patience.signal);
  patience.abort();
  await given;
  expect(cuts.around(3)).toEqual([2]);
});
