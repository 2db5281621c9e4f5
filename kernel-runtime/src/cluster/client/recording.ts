/** Has the engines of a cluster record timelines, and fetches them. */
import { DecentLabError } from '../../errors.js';
import type { TimelineTask } from '../protocol/task.js';
import { isRankTimeline } from '../protocol/timeline.js';
import type { Connection } from './connection.js';
import type { RankRecord } from './timeline.js';

/** Switches recording on all engines that are there. @throws CLUSTER_ENDED */
export async function switchRecording(connection: Connection, isOn: boolean): Promise<void> {
  await ask(connection, isOn ? 'record' : 'end');
}

/** What the ranks have recorded; a rank that was lost, or restarted meanwhile, has nothing. @throws TIMELINE_OFF */
export async function takeTimelines(connection: Connection): Promise<RankRecord[]> {
  const { payloads } = connection;
  const found = (await ask(connection, 'take')).map(async ({ rank, reply }) => {
    if (reply.status === 'error' || !reply.value) return [];
    try {
      const recorded = await payloads.unpack(reply.value);
      return isRankTimeline(recorded) ? [{ rank, ...recorded }] : [];
    } finally {
      payloads.discard(reply.value);
    }
  });
  const records = (await Promise.all(found)).flat();
  if (records.length === 0) throw new DecentLabError('TIMELINE_OFF');
  return records;
}

async function ask(connection: Connection, action: TimelineTask['action']) {
  const ranks = connection.state.engines
    .filter(({ state }) => state === 'idle' || state === 'busy' || state === 'waiting')
    .map(({ rank }) => rank);
  const task: TimelineTask = { kind: 'timeline', action };
  const replies = await connection.task(ranks, Promise.resolve(task), {});
  return replies.map((reply, k) => ({ rank: ranks[k], reply }));
}
