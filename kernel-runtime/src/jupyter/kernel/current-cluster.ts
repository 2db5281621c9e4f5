/** The cluster that `%%px` cells of this notebook run on. It outlives the kernel: a new one finds it again. */
import type { Cluster } from '../../cluster/client/cluster.js';
import type { ClusterState } from '../../cluster/protocol/state.js';

/** Who wants to know of the current cluster. */
export interface ClusterEvents {
  /** Another cluster is current, or its state has changed. */
  onState(): void;
  /** The variables that the engines of a cluster found have already, with their types. */
  onVariables(types: Record<string, string>): void;
  /** A report that concerns whoever runs a cell: a stall, a lost engine. */
  onNotice(text: string): void;
}

/** Connects to the current cluster and follows it. */
export class CurrentCluster {
  readonly #events: ClusterEvents;
  #id: string | null = null;
  #connecting: Promise<Cluster | null> = Promise.resolve(null);
  #cluster: Cluster | null = null;

  constructor(events: ClusterEvents) {
    this.#events = events;
  }

  /** The current cluster once it is connected; null if there is none. */
  get(): Promise<Cluster | null> {
    return this.#connecting;
  }

  /** The state of the current cluster as last heard. */
  get state(): ClusterState | null {
    return this.#cluster?.state ?? null;
  }

  /** Makes the cluster with this id current; null if the notebook has left it. True if that is a change. */
  select(id: string | null): boolean {
    if (id === this.#id) return false;
    this.#replace(id, id === null ? Promise.resolve(null) : this.#connect(id));
    return true;
  }

  /** Finds the cluster that this notebook started before its kernel was restarted. */
  reconnect(session: string): void {
    this.#replace(null, this.#find(session));
  }

  /** Stops what the engines run; does nothing without a cluster, or while they are idle. */
  interrupt(): void {
    void this.#cluster?.interrupt();
  }

  /** Lets go of the cluster; it goes on until its idle limit. */
  close(): void {
    this.#cluster?.close();
  }

  #replace(id: string | null, connecting: Promise<Cluster | null>): void {
    this.#id = id;
    this.#connecting = connecting;
    void connecting.then(cluster => {
      if (this.#connecting !== connecting) return cluster?.close();
      const previous = this.#cluster;
      this.#cluster = cluster;
      this.#id = cluster?.id ?? null;
      previous?.close();
      this.#events.onState();
    });
  }

  async #find(session: string): Promise<Cluster | null> {
    const { Cluster } = await import('../../cluster/client/cluster.js');
    const known = await Cluster.list();
    const own = known.find(({ name }) => name === session);
    const cluster = own ? await this.#connect(own.id) : null;
    if (cluster) await this.#learnVariables(cluster);
    return cluster;
  }

  /** The new kernel's compiler must know what the cells of the old one have declared. */
  async #learnVariables(cluster: Cluster): Promise<void> {
    const idle = cluster.state.engines.find(({ state }) => state === 'idle');
    // An engine that is still at work would answer when it is done, and %%px cells wait for this.
    if (!idle) return;
    const [types] = await cluster.ranks([idle.rank]).variables();
    this.#events.onVariables(types);
  }

  async #connect(id: string): Promise<Cluster | null> {
    const { Cluster } = await import('../../cluster/client/cluster.js');
    try {
      return this.#follow(await Cluster.connect(id));
    } catch (error) {
      this.#events.onNotice(`The kernel has lost cluster ${id}: ${String(error)}`);
      return null;
    }
  }

  #follow(cluster: Cluster): Cluster {
    cluster.on('state', () => this.#events.onState());
    cluster.on('notice', text => this.#events.onNotice(text));
    cluster.on('closed', () => {
      if (this.#cluster === cluster) this.select(null);
    });
    return cluster;
  }
}
