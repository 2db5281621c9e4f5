/** Waiting for what a cluster tells of itself. */
import { expect } from 'vitest';

import type { Cluster, ClusterState } from 'decentlab';

/** The first state of which `test` is true. */
export function stateWhere(
  cluster: Cluster,
  test: (state: ClusterState) => boolean
): Promise<ClusterState> {
  if (test(cluster.state)) return Promise.resolve(cluster.state);
  return new Promise(resolve => {
    const listener = (state: ClusterState): void => {
      if (!test(state)) return;
      cluster.off('state', listener);
      resolve(state);
    };
    cluster.on('state', listener);
  });
}

/** Resolves when a notice from now on has these words. One before it may tell of fewer ranks: on a busy machine, some come late. */
export async function noticeWith(cluster: Cluster, words: string | RegExp): Promise<void> {
  const notices: string[] = [];
  const listener = (text: string): number => notices.push(text);
  cluster.on('notice', listener);
  const expected: unknown =
    typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words);
  await expect.poll(() => notices, { interval: 10 }).toContainEqual(expected);
  cluster.off('notice', listener);
}
