import { afterEach, describe, expect, it } from 'vitest';
import { AGAIN } from '../../helpers/busy-machine.js';
import { RankProcesses } from './rank-processes.js';

let ranks: RankProcesses;
afterEach(() => ranks.stop());

describe('a rank whose process is killed', () => {
  it.each([128, 1 << 18, 1 << 23])(
    'is named by its neighbours, and may come back at its place (%i numbers)',
    AGAIN,
    async length => {
      ranks = await RankProcesses.start(4);
      const began = [0, 1, 2, 3].map(rank => ranks.told(rank, 'began'));
      const ends = [0, 1, 3].map(rank => ranks.ask(rank, 'average', length));
      ranks.children[2].send({ command: 'average', argument: length });
      await Promise.all(began);
      const killed = await ranks.kill(2);

      const [left, right] = await Promise.all([ends[1], ends[2]]);
      for (const end of [left, right]) {
        expect(end).toMatchObject({ type: 'error', code: 'PEER_LOST' });
        expect(end.message).toContain('rank 2');
        // A second is the promise.
        expect(end.at! - killed).toBeLessThan(1000);
      }

      await ranks.spawn(2, 1);
      // Rank 0 has no link with rank 2: the new epoch ends what it waits for.
      const reason = { code: 'INTERRUPTED', detail: {} };
      for (const rank of [0, 1, 3])
        ranks.children[rank].send({ command: 'openEpoch', argument: { epoch: 1, reason } });
      expect(await ends[0]).toMatchObject({ type: 'error', code: 'INTERRUPTED' });
      const seen = await Promise.all(
        [0, 1, 2, 3].map(rank => {
          ranks.children[rank].send({ command: 'allreduce', argument: rank });
          return ranks.told(rank, 'value');
        })
      );
      expect(seen.map(({ value }) => value)).toEqual([1.5, 1.5, 1.5, 1.5]);
    }
  );
});
