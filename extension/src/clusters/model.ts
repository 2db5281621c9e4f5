/** The clusters of all running DecentLab notebooks: state and signals, no view. */
import type { Kernel, ServiceManager, Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { ClustersConnection } from './connection.js';
import type { ClusterRequest, ClusterState } from './state.js';

const kernelName = 'decentlab';

/** A cluster and the notebooks that use it. */
export interface ListedCluster extends ClusterState {
  notebooks: string[];
}

/** What the panel shows: the clusters, or which blank state and why. */
export type PanelState =
  | { kind: 'no-notebook' }
  | { kind: 'connecting' }
  | { kind: 'closed' }
  | { kind: 'no-cluster' }
  | { kind: 'clusters'; clusters: ListedCluster[] };

interface Watched {
  connection: ClustersConnection;
  path: string;
}

type Services = Pick<ServiceManager.IManager, 'kernels' | 'sessions'>;

export class ClustersModel implements IDisposable {
  readonly changed = new Signal<this, void>(this);
  /** A request that a kernel could not fulfil, in its words. */
  readonly failed = new Signal<this, string>(this);
  readonly #services: Services;
  readonly #watched = new Map<string, Watched>();
  #isDisposed = false;

  constructor(services: Services) {
    this.#services = services;
    services.sessions.runningChanged.connect(this.#follow, this);
    this.#follow();
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get state(): PanelState {
    const watched = [...this.#watched.values()];
    if (watched.length === 0) return { kind: 'no-notebook' };
    const clusters = listOf(watched);
    if (clusters.length > 0) return { kind: 'clusters', clusters };
    const states = watched.map(({ connection }) => connection.state);
    if (states.includes('open')) return { kind: 'no-cluster' };
    return { kind: states.includes('connecting') ? 'connecting' : 'closed' };
  }

  get clusters(): ListedCluster[] {
    const { state } = this;
    return state.kind === 'clusters' ? state.clusters : [];
  }

  /** Sends a request to a kernel that knows the cluster. */
  send(request: ClusterRequest): void {
    const knows = [...this.#watched.values()].filter(({ connection }) =>
      connection.push.clusters.some(({ id }) => id === request.id)
    );
    const owner = knows.find(({ connection }) => connection.push.current === request.id);
    (owner ?? knows[0])?.connection.send(request);
  }

  /** Looks for kernels again and opens every comm anew. */
  async reconnect(): Promise<void> {
    await this.#services.sessions.refreshRunning();
    for (const { connection } of this.#watched.values()) connection.open();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    Signal.clearData(this);
    for (const { connection } of this.#watched.values()) connection.dispose();
    this.#watched.clear();
  }

  /** One connection for each kernel of ours that runs, none for those that ended. */
  #follow(): void {
    const running = new Map<string, Session.IModel>();
    for (const session of this.#services.sessions.running()) {
      if (session.kernel?.name === kernelName) running.set(session.kernel.id, session);
    }
    for (const [id, { connection }] of this.#watched) {
      if (running.has(id)) continue;
      this.#watched.delete(id);
      connection.dispose();
    }
    for (const [id, { kernel, path }] of running) {
      const known = this.#watched.get(id);
      if (known) known.path = path;
      else if (kernel) this.#watched.set(id, { connection: this.#connect(kernel), path });
    }
    this.changed.emit();
  }

  #connect(model: Kernel.IModel): ClustersConnection {
    const kernel = this.#services.kernels.connectTo({ model, handleComms: true });
    const connection = new ClustersConnection(kernel);
    connection.changed.connect(() => this.changed.emit());
    connection.failed.connect((_, sentence) => this.failed.emit(sentence));
    return connection;
  }
}

/** All clusters once each, whichever kernel told of them; the kernel that uses one knows it best. */
function listOf(watched: readonly Watched[]): ListedCluster[] {
  const clusters = new Map<string, ListedCluster>();
  for (const { connection, path } of watched) {
    for (const cluster of connection.push.clusters) {
      const isUsed = connection.push.current === cluster.id;
      const known = clusters.get(cluster.id);
      const notebooks = [...(known?.notebooks ?? []), ...(isUsed ? [path] : [])];
      const told = isUsed || !known ? cluster : known;
      clusters.set(cluster.id, { ...told, notebooks });
    }
  }
  return [...clusters.values()];
}
