/** Waiting for what a cluster tells of itself. */
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
