import { afterEach, describe, expect, it } from 'vitest';

import {
  inferDestinations,
  inferSources
} from '../../../kernel-runtime/src/cluster/collectives/infer.js';
import {
  inferDestinationFromSourceRanks,
  inferSourceFromDestinationRanks
} from '../../../kernel-runtime/src/cluster/collectives/context.js';
import { setContext } from '../../../kernel-runtime/src/cluster/collectives/speaker.js';
import { Ranks } from './ranks.js';

/** Rank 0 sends to all, rank 1 to nobody: in-degrees and out-degrees differ. */
const destinations = [[2, 1, 3], [], [3], [0, 1]];
const sources = [[3], [0, 3], [0], [0, 2]];

describe('inference among ranks', () => {
  let ranks: Ranks;
  afterEach(() => {
    setContext(undefined);
    ranks.stop();
  });

  it('tells every rank who sends to it, and all the same weights whose rows sum to 1', async () => {
    ranks = await Ranks.start(4);
    const found = await ranks.run(here => inferSources(here, destinations[here.rank]));
    for (const each of found) {
      expect(each).toMatchObject({ ranks: sources });
      expect(each).toEqual(found[0]);
    }
    const { W } = found[0] as Awaited<ReturnType<typeof inferSources>>;
    for (const row of W.toRows()) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 15);
  });

  it('tells every rank whom to send to', async () => {
    ranks = await Ranks.start(4);
    const found = await ranks.run(here => inferDestinations(here, sources[here.rank]));
    for (const each of found) expect(each).toMatchObject({ ranks: [[1, 2, 3], [], [3], [0, 1]] });
  });

  it.each([
    ['itself', (rank: number) => [rank], 'received [0]'],
    ['no number', () => [NaN], 'received [NaN]'],
    ['no list', () => null as never, 'received null']
  ])('refuses %s, before it says anything', async (_, named, received) => {
    ranks = await Ranks.start(2);
    const [error] = await ranks.run(here => inferSources(here, named(here.rank)));
    expect(error).toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringContaining(
        `rank 0 sends to: expected other ranks from 0 to 1, each once, ${received}`
      )
    });
  });

  it('gives a cell its list, or the list with W', async () => {
    ranks = await Ranks.start(1);
    setContext(ranks.all[0]);
    expect(await inferSourceFromDestinationRanks([])).toEqual([]);
    const [found, W] = await inferDestinationFromSourceRanks([], {
      constructAdjacencyMatrix: true
    });
    expect([found, W.toRows()]).toEqual([[], [[1]]]);
  });
});
