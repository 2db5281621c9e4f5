import { describe, expect, it } from 'vitest';
import { ringGraph } from '../../kernel-runtime/src/mathematics/graph/circulant.js';
import { runOnRanks } from '../cluster/collectives/ranks.js';

/** Bytes of one value, of which link memory holds one, but not two. */
const cases = [
  ['2.1 GB', 525_000_001],
  ['3 GB', 750_000_001]
] as const;

describe('values beyond 2 GB', { timeout: 600_000 }, () => {
  // Two ranks take 12 GB for 3 GB: the value in link memory, and the result beside it.
  it.each(cases)('are averaged, all of them: %s', async (_, length) => {
    const seen = await runOnRanks(ringGraph(2), async c => {
      const x = c.linkArray('float32', length);
      for (let i = 0; i < length; i++) x[i] = (i & 0xffff) + c.rank;
      const y = await c.neighborAllreduce(x);
      let wrong = y.length === length ? 0 : -1;
      for (let i = 0; i < length; i++) if (y[i] !== (i & 0xffff) + 0.5) wrong++;
      return wrong;
    });
    expect(seen).toEqual([0, 0]);
  });
});
