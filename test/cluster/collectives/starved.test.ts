/** Ranks whose links wait for a processor: on a machine with too much to do they are slow, and not lost. */
import { afterEach, describe, expect, it } from 'vitest';

import { RankProcesses } from './rank-processes.js';

const HEARTBEAT_MS = 500;
const LONG_MS = 5 * HEARTBEAT_MS;

let ranks: RankProcesses;
afterEach(() => ranks.stop());

const cases = [
  ['that has not answered a dial yet', false],
  ['with an open link', true]
] as const;

async function start(isLinked: boolean): Promise<void> {
  ranks = await RankProcesses.start(2, { heartbeat: HEARTBEAT_MS, hasOneThread: true });
  if (isLinked) await Promise.all([0, 1].map(rank => ranks.ask(rank, 'averageOnce')));
}

// Elsewhere nobody can tell a process that computes from one that is frozen.
describe.runIf(process.platform === 'linux')('a rank', () => {
  it.each(cases)('%s is waited for while its links have something to do', async (_, isLinked) => {
    await start(isLinked);
    const late = ranks.ask(1, 'spin', LONG_MS);
    expect(await ranks.ask(0, 'averageOnce')).toMatchObject({ type: 'value' });
    expect(await late).toMatchObject({ type: 'value' });
  });

  it.each(cases)('%s is lost when it is frozen', async (_, isLinked) => {
    await start(isLinked);
    ranks.children[1].kill('SIGSTOP');
    const end = await ranks.ask(0, 'averageOnce');
    expect(end).toMatchObject({ type: 'error', code: 'PEER_LOST' });
  });
});
