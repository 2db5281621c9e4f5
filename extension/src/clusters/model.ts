/** The clusters of this user as the kernels of this server tell them: state and signals, no view. */
import type { Kernel, ServiceManager, Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { kernelName } from '../commands.js';
import {
  endBackgroundKernel,
  startBackgroundKernel,
  type MissingKernel
} from './background-kernel.js';
import { ClustersConnection, type Watched } from './connection.js';
import { KernelFault } from './kernel-fault.js';
import { listOf, type Known, type ListedCluster } from './listed.js';
import {
  isStartProgress,
  type ClusterRequest,
  type StartOptions,
  type StartProgress,
  type StatsPush
} from './state.js';

/** What the panel shows: the clusters, or which blank state and why. */
export type PanelState =
  | { kind: 'connecting' }
  | { kind: 'no-server' }
  | { kind: MissingKernel }
  | { kind: 'closed' }
  | { kind: 'no-cluster' }
  | { kind: 'clusters'; clusters: ListedCluster[] };

type Services = Pick<ServiceManager.IManager, 'kernels' | 'sessions' | 'kernelspecs'>;

/** While nothing answers, and somebody looks, we ask again after so many milliseconds. */
const RETRY_MS = 250;

export class ClustersModel implements IDisposable {
  readonly changed = new Signal<this, void>(this);
  readonly stats = new Signal<this, StatsPush>(this);
  readonly #services: Services;
  readonly #known = new Map<string, Known>();
  /** Those who look now: the panel, a graph view. */
  readonly #viewers = new Set<object>();
  /** What each view wants to see. */
  readonly #watched = new Map<object, Watched>();
  #timer: number | undefined;
  #isDisposed = false;
  #fault: MissingKernel | null = null;
  #isServerGone = false;
  #kernelStart: Promise<void> | null = null;
  #starting: StartProgress | null = null;
  #path: string | null = null;

  constructor(services: Services) {
    this.#services = services;
    services.sessions.runningChanged.connect(this.#follow, this);
    services.kernels.runningChanged.connect(this.#follow, this);
    services.kernels.connectionFailure.connect(this.#lose, this);
    // A kernel does not hear that a page is gone.
    window.addEventListener('pagehide', this.#leave);
    this.#follow();
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get state(): PanelState {
    const connections = [...this.#known.values()].map(({ connection }) => connection.state);
    if (connections.includes('open')) {
      const clusters = listOf([...this.#known.values()]);
      return clusters.length > 0 ? { kind: 'clusters', clusters } : { kind: 'no-cluster' };
    }
    if (this.#isServerGone) return { kind: 'no-server' };
    if (connections.includes('connecting')) return { kind: 'connecting' };
    if (connections.length > 0) return { kind: 'closed' };
    return { kind: this.#fault ?? 'connecting' };
  }

  get clusters(): ListedCluster[] {
    const { state } = this;
    return state.kind === 'clusters' ? state.clusters : [];
  }

  /** How far a cluster that this page starts is; null if it starts none. */
  get starting(): StartProgress | null {
    return this.#starting;
  }

  /** The notebook in front, if its kernel is ours. */
  get notebook(): string | null {
    return [...this.#known.values()].some(({ path }) => path === this.#path) ? this.#path : null;
  }

  /** The cluster that a notebook uses. */
  clusterOf(path: string | null): ListedCluster | undefined {
    return path === null
      ? undefined
      : this.clusters.find(({ notebooks }) => notebooks.includes(path));
  }

  /** Whether the kernel of a notebook has told what it knows: before, nothing can be said of its cluster. */
  isHeard(path: string): boolean {
    return this.#connectionOf(path)?.state === 'open';
  }

  /** Tells which document is in front. */
  setPath(path: string | null): void {
    if (path === this.#path) return;
    this.#path = path;
    this.changed.emit();
  }

  /** Somebody looks, or looks away: without anybody, no kernel is started for us and none watches anything. */
  show(viewer: object, isShown: boolean): void {
    if (isShown) this.#viewers.add(viewer);
    else this.#viewers.delete(viewer);
    for (const { connection } of this.#known.values()) connection.show(this.#isShown);
    this.#check();
  }

  /** Asks every kernel for its clusters as they are now: it watches those of others only while somebody looks. */
  look(): void {
    for (const { connection } of this.#known.values()) connection.look();
  }

  /** What a view wants to see of a cluster from now on; null for nothing. */
  watch(viewer: object, watched: Watched | null): void {
    if (watched) this.#watched.set(viewer, watched);
    else this.#watched.delete(viewer);
    this.#followWatched();
  }

  /** Starts a cluster, for the notebook in front if there is one. @throws the kernel's sentence */
  async start(options: StartOptions): Promise<string> {
    this.#starting = { ready: 0, size: options.engines };
    this.changed.emit();
    try {
      const connection = await this.#anyConnection();
      const id = await connection.ask({ action: 'start', ...options }, progress => {
        if (isStartProgress(progress)) this.#starting = progress;
        this.changed.emit();
      });
      return String(id);
    } finally {
      this.#starting = null;
      this.changed.emit();
    }
  }

  /** Sends a request to a kernel that knows the cluster. @throws the kernel's sentence */
  async ask(request: Exclude<ClusterRequest, { action: 'start' | 'compute' }>): Promise<unknown> {
    const teller = this.#tellerOf(request.id);
    if (!teller) throw new KernelFault('', 'CLUSTER_NOT_FOUND', { received: request.id });
    const answer = await teller.ask(request);
    // While nobody looks, the other kernels have not seen what became of the cluster.
    if (!this.#isShown) this.look();
    return answer;
  }

  /** What can be computed with here, as a kernel that runs tells; null without one: none is started for it. */
  async offers(): Promise<unknown> {
    const running = [...this.#known.values()].map(known => known.connection);
    const connection = running.find(({ state }) => state === 'open');
    return (await connection?.ask({ action: 'compute' }).catch(() => null)) ?? null;
  }

  /** Lets the notebook in front use a cluster. @throws the kernel's sentence */
  async connectNotebook(id: string): Promise<unknown> {
    return this.#connectionOf(this.#path)?.ask({ action: 'use', id });
  }

  /** Looks for kernels again and opens every comm anew. One that serves only panels, and none any more, is replaced. */
  async reconnect(): Promise<void> {
    this.#fault = null;
    const useless = [...this.#known].filter(
      ([, { connection, path }]) => path === null && connection.state === 'closed'
    );
    await Promise.all(useless.map(([id]) => endBackgroundKernel(this.#services, id)));
    await this.#retry();
    for (const { connection } of this.#known.values()) connection.open();
    this.#check();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    window.removeEventListener('pagehide', this.#leave);
    Signal.clearData(this);
    for (const { connection } of this.#known.values()) connection.dispose();
    this.#known.clear();
  }

  readonly #leave = (): void => {
    for (const { connection } of this.#known.values()) {
      connection.watch([]);
      connection.show(false);
    }
  };

  get #isShown(): boolean {
    return this.#viewers.size > 0;
  }

  #lose(): void {
    this.#isServerGone = true;
  }

  #connectionOf(path: string | null): ClustersConnection | undefined {
    return [...this.#known.values()].find(known => path !== null && known.path === path)
      ?.connection;
  }

  /** The kernel that tells of a cluster: the one that uses it knows it best. */
  #tellerOf(id: string): ClustersConnection | undefined {
    const tellers = [...this.#known.values()].filter(({ connection }) =>
      connection.push.clusters.some(cluster => cluster.id === id)
    );
    const owner = tellers.find(({ connection }) => connection.push.current === id);
    return (owner ?? tellers[0])?.connection;
  }

  async #anyConnection(): Promise<ClustersConnection> {
    const find = (): ClustersConnection | undefined =>
      this.#connectionOf(this.#path) ??
      [...this.#known.values()].find(({ connection }) => connection.state === 'open')?.connection;
    if (!find()) await this.#startKernel();
    const connection = find() ?? [...this.#known.values()][0]?.connection;
    if (connection) return connection;
    throw new KernelFault('', 'NO_KERNEL', {});
  }

  /** One connection for each kernel of ours that runs, none for those that ended. */
  #follow(): void {
    const paths = new Map<string, Session.IModel>();
    for (const session of this.#services.sessions.running())
      if (session.kernel) paths.set(session.kernel.id, session);
    const running = new Map<string, Kernel.IModel>();
    for (const kernel of this.#services.kernels.running())
      if (kernel.name === kernelName) running.set(kernel.id, kernel);
    for (const { kernel } of paths.values())
      if (kernel?.name === kernelName) running.set(kernel.id, kernel);
    for (const [id, { connection }] of this.#known) {
      if (running.has(id)) continue;
      this.#known.delete(id);
      connection.dispose();
    }
    for (const [id, model] of running) {
      const path = paths.get(id)?.path ?? null;
      const known = this.#known.get(id);
      if (known) known.path = path;
      else this.#known.set(id, { connection: this.#connect(model), path });
    }
    this.#check();
    this.changed.emit();
  }

  #connect(model: Kernel.IModel): ClustersConnection {
    const kernel = this.#services.kernels.connectTo({ model, handleComms: false });
    const connection = new ClustersConnection(kernel);
    connection.show(this.#isShown);
    connection.changed.connect(() => {
      this.#followWatched();
      this.#check();
      this.changed.emit();
    });
    connection.stats.connect((_, stats) => this.stats.emit(stats));
    return connection;
  }

  /** Each kernel tells of the clusters that it knows best, which may be others now. */
  #followWatched(): void {
    const wanted = [...this.#watched.values()];
    for (const { connection } of this.#known.values())
      connection.watch(wanted.filter(({ id }) => this.#tellerOf(id) === connection));
  }

  /** Somebody looks and nothing answers: a kernel is started, or the server asked again and again. */
  #check(): void {
    const states = [...this.#known.values()].map(({ connection }) => connection.state);
    const isAnswered = states.includes('open');
    if (isAnswered) this.#isServerGone = false;
    if (!this.#isShown || isAnswered || this.#isDisposed) return;
    if (states.length === 0 && !this.#isServerGone && !this.#fault) void this.#startKernel();
    else if (this.#isServerGone || states.includes('connecting'))
      this.#timer ??= window.setTimeout(() => {
        this.#timer = undefined;
        void this.#retry();
      }, RETRY_MS);
  }

  /** One at a time: whoever asks while one is on its way waits for that. */
  #startKernel(): Promise<void> {
    return (this.#kernelStart ??= startBackgroundKernel(this.#services).then(fault => {
      this.#fault = fault;
      this.#kernelStart = null;
      this.#follow();
    }));
  }

  /** After a restart of the server its kernels are others; the managers' own polls would take ten seconds to see it. */
  async #retry(): Promise<void> {
    this.#isServerGone = false;
    const { kernels, sessions } = this.#services;
    // A failure is told by the signal too.
    await Promise.all([kernels.refreshRunning(), sessions.refreshRunning()]).catch(() => undefined);
    this.#follow();
  }
}
