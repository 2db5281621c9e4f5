/** The clusters of this user, each once, put together from what several kernels tell. */
import type { ClustersConnection } from './connection.js';
import type { ClusterState } from './state.js';

/** A cluster and the notebooks that use it. */
export interface ListedCluster extends ClusterState {
  notebooks: string[];
}

/** A kernel of ours. */
export interface Known {
  connection: ClustersConnection;
  /** Of the notebook; null for a kernel without one. */
  path: string | null;
}

/** All clusters once each, whichever kernel told of them; the kernel that uses one knows it best. */
export function listOf(known: readonly Known[]): ListedCluster[] {
  const clusters = new Map<string, ListedCluster>();
  for (const { connection, path } of known) {
    for (const cluster of connection.push.clusters) {
      const isUsed = connection.push.current === cluster.id;
      const before = clusters.get(cluster.id);
      const notebooks = [...(before?.notebooks ?? []), ...(isUsed && path !== null ? [path] : [])];
      const told = isUsed || !before ? cluster : before;
      clusters.set(cluster.id, { ...told, notebooks });
    }
  }
  return [...clusters.values()];
}
