/** Many handshakes wait for each other: few are under way, and each rank begins with another peer. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';

import { Turns } from '../../../kernel-runtime/src/cluster/net/links/turns.js';

it('begins the lowest places of what came together, a few at once, and the rest as these end', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  for (const place of [5, 1, 4, 3])
    turns.take(place, () => {
      begun.push(place);
      return new Promise(resolve => ends.set(place, resolve));
    });
  expect(begun).toEqual([]);
  await setImmediate();
  expect(begun).toEqual([1, 3]);
  turns.take(2, () => Promise.resolve(void begun.push(2)));
  ends.get(3)!();
  await setImmediate();
  expect(begun).toEqual([1, 3, 2, 4]);
  ends.get(1)!();
  await setImmediate();
  expect(begun).toEqual([1, 3, 2, 4, 5]);
});
