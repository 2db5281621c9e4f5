/** The cluster that `%%px` cells of this notebook run on. It outlives the kernel: a new one finds it again. */
import type { Cluster, ClusterState } from '../../cluster/client/cluster.js';

/** Who wants to know of the current cluster. */
export interface ClusterEvents {
  /** Another cluster is current, or its state has changed. */
  onState(): void;
  /** A report that concerns whoever runs a cell: a stall, a lost engine. */
  onNotice(text: string): void;
}

/** Connects to the current cluster and follows it. */
export class CurrentCluster {
  readonly #events: ClusterEvents;
  #cluster: Promise<Cluster | null> = Promise.resolve(null);
  #connected: Cluster | null = null;

  constructor(events: ClusterEvents) {
    this.#events = events;
  }

  /** The current cluster once it is connected; null if there is none. */
  get(): Promise<Cluster | null> {
    return this.#cluster;
  }

  /** The state of the current cluster as last heard. */
  get state(): ClusterState | null {
    return this.#connected?.state ?? null;
  }

  /** Makes the cluster with this id current; null if the notebook has left its cluster. */
  select(id: string | null): void {
    if (id !== null && id === this.#connected?.id) return;
    this.#replace(id === null ? Promise.resolve(null) : this.#connect(id));
  }

  /** Finds the cluster that this notebook started before its kernel was restarted. */
  reconnect(session: string): void {
    this.#replace(this.#find(session));
  }

  #replace(cluster: Promise<Cluster | null>): void {
    this.#cluster = cluster;
    void cluster.then(connected => {
      if (this.#cluster !== cluster) return;
      this.#connected = connected;
      this.#events.onState();
    });
  }

  /** Lets go of the cluster; it goes on until its idle limit. */
  close(): void {
    this.#connected?.close();
  }

  async #connect(id: string): Promise<Cluster | null> {
    const { Cluster } = await import('../../cluster/client/cluster.js');
    try {
      return this.#follow(await Cluster.connect(id));
    } catch (error) {
      this.#events.onNotice(`The kernel could not connect to cluster ${id}: ${String(error)}`);
      return null;
    }
  }

  /** The notebook's cluster by the session's name; null if none is left. */
  async #find(session: string): Promise<Cluster | null> {
    const { Cluster } = await import('../../cluster/client/cluster.js');
    const known = await Cluster.list();
    const own = known.find(({ name }) => name === session);
    return own ? this.#connect(own.id) : null;
  }

  #follow(cluster: Cluster): Cluster {
    cluster.on('state', () => this.#events.onState());
    cluster.on('notice', text => this.#events.onNotice(text));
    cluster.on('closed', () => {
      if (this.#connected === cluster) this.select(null);
    });
    return cluster;
  }
}
