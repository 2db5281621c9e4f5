/** The comm `decentlab:clusters`: the panels of the front end see all clusters, and steer them. */
import type { ClusterWatch } from '../../cluster/client/cluster-watch.js';
import type { ClusterState } from '../../cluster/protocol/state.js';
import type { DecentLabError } from '../../errors.js';
import { ClusterActions } from './cluster-actions.js';
import { ClusterStats, wantedClusters, type WantedCluster } from './cluster-stats.js';
import type { Comm, CommMessage, CommTarget } from './comms.js';
import type { CurrentCluster } from './current-cluster.js';
import type { Content } from './wire.js';

export const CLUSTERS_TARGET = 'decentlab:clusters';

/** States leave at most four times a second. */
const PUSH_INTERVAL_MS = 250;

/** Pushes the states of the clusters to every open panel, and does what the panels ask. */
export class ClustersComm implements CommTarget {
  readonly #current: CurrentCluster;
  readonly #actions: ClusterActions;
  /** The open comms, and whether somebody sees what they bring. */
  readonly #panels = new Map<Comm, boolean>();
  /** What each of them wants to hear of the engines. */
  readonly #wanted = new Map<Comm, readonly WantedCluster[]>();
  #watch: Promise<ClusterWatch> | null = null;
  #stats: ClusterStats | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastPush = 0;

  constructor(current: CurrentCluster) {
    this.#current = current;
    this.#actions = new ClusterActions(current);
  }

  onOpen(comm: Comm): void {
    this.#panels.set(comm, false);
    void this.#tell([comm]);
  }

  onClose(comm: Comm): void {
    this.#panels.delete(comm);
    this.#wanted.delete(comm);
    this.#stats?.set(comm, []);
    void this.#follow();
  }

  onMessage(comm: Comm, { data }: CommMessage): void {
    const { action, request } = data;
    if (action === 'show') return void this.#show(comm, data['isShown'] === true);
    if (action === 'watch') return void this.#watchStats(comm, data);
    const progress = (value: unknown): void => comm.send({ request, progress: value });
    void this.#actions
      .run(data, progress)
      .then(
        value => comm.send({ request, value: value ?? null }),
        (error: unknown) => comm.send({ request, ...toAnswer(error) })
      )
      .then(() => this.#push());
  }

  /** Call it when a state has changed: a push follows soon. */
  changed(): void {
    if (this.#timer || this.#panels.size === 0) return;
    const wait = Math.max(0, this.#lastPush + PUSH_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => void this.#push(), wait);
  }

  /** Lets go of all clusters. */
  close(): void {
    this.#panels.clear();
    this.#wanted.clear();
    void this.#follow();
    this.#actions.close();
  }

  async #show(comm: Comm, isShown: boolean): Promise<void> {
    if (!this.#panels.has(comm)) return;
    this.#panels.set(comm, isShown);
    await this.#follow();
    await this.#tell([comm]);
  }

  /** Clusters are watched while somebody looks or counts; afterwards only their files are read, when there is something to tell. */
  async #follow(): Promise<void> {
    const isShown = [...this.#panels.values()].includes(true);
    const isCounted = [...this.#wanted.values()].some(({ length }) => length > 0);
    if (isShown || isCounted) await (await this.#watching()).begin();
    else {
      this.#stats?.clear();
      (await this.#watch)?.end();
    }
  }

  #watching(): Promise<ClusterWatch> {
    return (this.#watch ??= this.#createWatch());
  }

  async #createWatch(): Promise<ClusterWatch> {
    const { ClusterWatch } = await import('../../cluster/client/cluster-watch.js');
    const watch = new ClusterWatch();
    watch.on('change', () => this.changed());
    this.#stats = new ClusterStats(watch);
    return watch;
  }

  async #watchStats(comm: Comm, { views }: Content): Promise<void> {
    if (!this.#panels.has(comm)) return;
    this.#wanted.set(comm, wantedClusters(views));
    await this.#follow();
    this.#stats?.set(comm, this.#wanted.get(comm) ?? []);
  }

  async #push(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#lastPush = performance.now();
    await this.#tell(this.#panels.keys());
  }

  async #tell(panels: Iterable<Comm>): Promise<void> {
    const current = this.#current.state?.id ?? null;
    const data = await this.#states().then(
      clusters => ({ clusters, current }),
      (error: unknown) => ({ error: toSentence(error) })
    );
    for (const comm of panels) if (this.#panels.has(comm)) comm.send(data);
  }

  /** The current cluster as it is now; the others too while they are watched, else as their files tell. */
  async #states(): Promise<ClusterState[]> {
    const watch = await this.#watch;
    const { Cluster } = await import('../../cluster/client/cluster.js');
    const known = watch?.isReady ? watch.states : await Cluster.list();
    const live = this.#current.state;
    const others = known.filter(({ id }) => id !== live?.id);
    return live ? [live, ...others] : others;
  }
}

/** An error with a code goes with it and its details, so that a panel can say it in the reader's language. */
function toAnswer(error: unknown): Content {
  const { code, detail = {} } = (error instanceof Error ? error : {}) as Partial<DecentLabError>;
  return { error: toSentence(error), ...(code === undefined ? {} : { code, detail }) };
}

function toSentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
