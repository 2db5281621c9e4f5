/** The comm `decentlab:clusters`: the panel of the front end sees all clusters, and may stop or restart them. */
import { Cluster, type ClusterState } from '../../cluster/client/cluster.js';
import type { Comm, CommTarget } from './comms.js';
import type { CurrentCluster } from './current-cluster.js';
import type { Content } from './wire.js';

export const CLUSTERS_TARGET = 'decentlab:clusters';

/** States leave at most four times a second. */
const PUSH_INTERVAL_MS = 250;

/** Pushes the states of the clusters to every open panel, and does what the panels ask. */
export class ClustersComm implements CommTarget {
  readonly #current: CurrentCluster;
  readonly #comms = new Set<Comm>();
  #timer: NodeJS.Timeout | null = null;
  #lastPush = 0;

  constructor(current: CurrentCluster) {
    this.#current = current;
  }

  onOpen(comm: Comm): void {
    this.#comms.add(comm);
    void this.#push();
  }

  onClose(comm: Comm): void {
    this.#comms.delete(comm);
  }

  onMessage(comm: Comm, data: Content): void {
    void this.#act(data).then(
      () => this.#push(),
      (error: unknown) => comm.send({ error: error instanceof Error ? error.message : String(error) })
    );
  }

  /** Call it when a state has changed: a push follows soon. */
  changed(): void {
    if (this.#timer || this.#comms.size === 0) return;
    const wait = Math.max(0, this.#lastPush + PUSH_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => void this.#push(), wait);
  }
}
