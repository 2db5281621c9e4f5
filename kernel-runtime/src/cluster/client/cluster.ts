/** A cluster as a notebook or a script holds it: `const cluster = await Cluster.start({ engines: 8 })`. */
import { EventEmitter } from 'node:events';

import { DecentLabError } from '../../errors.js';
import type { CellResult, CompiledCell } from '../protocol/cell.js';
import type { ClusterFile } from '../protocol/cluster-file.js';
import type { ClusterState, EngineState } from '../protocol/state.js';
import type { AsyncResult } from './async-result.js';
import { findClusterFile, listClusterFiles } from './cluster-files.js';
import { Connection, type ConnectionEvents } from './connection.js';
import { describeCluster } from './describe.js';
import { HealReport } from './heal-report.js';
import { isEngine, notebookHost } from './host.js';
import type { Sequence } from './partition.js';
import { clusterProgress, type StartProgress } from './progress.js';
import { switchRecording, takeTimelines } from './recording.js';
import { differences, settingsOf } from './settings.js';
import { assertAllowed, assertTopology, startController, type ControllerOptions } from './start.js';
import { toTrace, writeTrace, type ChromeTrace } from './timeline.js';
import { View, type ExecuteOptions, type Variables } from './view.js';

export type { ClusterState, EngineState };

export interface StartOptions extends ControllerOptions {
  /** Whether this notebook's cluster may serve again, if its settings are these. Defaults to true; else it is stopped. */
  reuse?: boolean;
  /** Called as engines become ready. */
  onProgress?: (progress: StartProgress) => void;
}

/** A connection to a running cluster. Events: `state`, `notice` (a text for whoever runs a cell), `closed` (the cause). */
export class Cluster extends EventEmitter<ConnectionEvents> {
  /** The clusters that this process is connected to: in a notebook one connection serves all cells. */
  static readonly #connected = new Map<string, Cluster>();

  readonly id: string;
  readonly size: number;
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    super();
    const { id, size } = connection.state;
    this.#connection = connection;
    this.id = id;
    this.size = size;
    connection.on('state', state => this.emit('state', state));
    connection.on('notice', (text, isOwn) => this.#notice(text, isOwn));
    connection.on('closed', cause => {
      notebookHost()?.send({ type: 'cluster', id: null });
      this.emit('closed', cause);
    });
  }

  /**
   * Starts a controller and its engines, and waits until all are ready. A notebook that has a cluster of this size
   * and these settings already gets that one again, with its variables, and with new processes in place of engines that
   * have ended; one of another size is stopped first.
   * @throws CLUSTER_NOT_STARTED with the cause; CLUSTER_DIFFERS if the one of this size has other settings;
   * VALUE_INVALID, TOPOLOGY_UNKNOWN; MEMORY_SHORT, LIMIT_REACHED; NOT_ON_CLIENT in an engine
   */
  static async start(options: StartOptions = {}): Promise<Cluster> {
    assertClient('Cluster.start');
    const { engines = 4, name = sessionName(), reuse = true, onProgress } = options;
    const settings = settingsOf(options, engines);
    await assertTopology(options, engines);
    const file = name === null ? undefined : findOwnFile(name);
    const isWanted = reuse && file?.size === engines;
    if (isWanted) {
      // Where nothing is said of the folder, that of the notebook is meant, wherever a cell has gone.
      const different = differences(file, { ...settings, cwd: options.cwd ?? file.cwd });
      if (different.length > 0)
        throw new DecentLabError('CLUSTER_DIFFERS', { id: file.id, differences: different });
    }
    const own = file && (await Cluster.#open(file).catch(() => undefined));
    if (own && isWanted) {
      await own.#complete();
      return own.#announce();
    }
    assertAllowed({ ...options, engines }, own?.size ?? 0);
    await own?.stop();
    const progress = clusterProgress(engines, onProgress);
    const started = await startController({ ...options, engines, name }, progress);
    return (await Cluster.#open(started)).#announce();
  }

  /**
   * Connects to a running cluster: the one with this id, or this notebook's, or the newest.
   * @throws CLUSTER_NOT_FOUND, NOT_ON_CLIENT
   */
  static async connect(id?: string): Promise<Cluster> {
    assertClient('Cluster.connect');
    const file = findClusterFile(id, sessionName());
    const known = notebookHost() && Cluster.#connected.get(file.id);
    return (known ?? (await Cluster.#open(file))).#announce();
  }

  /** The running clusters of this user, newest first, as their files tell. Files of dead ones are removed. */
  static list(): Promise<ClusterState[]> {
    assertClient('Cluster.list');
    return Promise.resolve(
      listClusterFiles().map(({ id, name, size, epoch, cwd, startedAt, engines, absent }) => {
        return { id, name, size, epoch, cwd, startedAt, engines, absent };
      })
    );
  }

  /** The cluster and its engines as last heard. */
  get state(): ClusterState {
    return this.#connection.state;
  }

  /** All engines that take part: those that the graph does not go around since `heal`. */
  get all(): View {
    return this.ranks(this.#everyRank().filter(rank => !this.state.absent.includes(rank)));
  }

  /** Some engines. @throws VALUE_INVALID for a rank that does not exist */
  ranks(ranks: readonly number[]): View {
    const wrong = ranks.find(rank => !Number.isInteger(rank) || rank < 0 || rank >= this.size);
    const { payloads } = this.#connection;
    if (wrong === undefined)
      return new View([...ranks], {
        run: (...call) => this.#connection.task(...call),
        payloads
      });
    const expected = `ranks from 0 to ${this.size - 1}`;
    throw new DecentLabError('VALUE_INVALID', {
      what: 'Cluster.ranks',
      expected,
      received: wrong
    });
  }

  /** As View.execute, on all engines. */
  execute(code: string | CompiledCell, options?: ExecuteOptions): AsyncResult<CellResult[]> {
    return this.all.execute(code, options);
  }

  /** As View.push, on all engines. */
  push(variables: Variables | ((rank: number) => Variables)): AsyncResult<void> {
    return this.all.push(variables);
  }

  /** As View.pull, on all engines. */
  pull<T = unknown>(name: string): AsyncResult<T[]>;
  pull<T extends Variables = Variables>(names: readonly string[]): AsyncResult<T[]>;
  pull(names: string | readonly string[]): AsyncResult<unknown[]> {
    return typeof names === 'string' ? this.all.pull(names) : this.all.pull(names);
  }

  /** As View.apply, on all engines. */
  apply<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): AsyncResult<Awaited<R>[]> {
    return this.all.apply(fn, ...args);
  }

  /** As View.scatter, over all engines. */
  scatter(name: string, values: Sequence): AsyncResult<void> {
    return this.all.scatter(name, values);
  }

  /** As View.gather, from all engines. */
  gather<T = unknown>(name: string): AsyncResult<T> {
    return this.all.gather(name);
  }

  /** Stops what the engines run; their variables are kept. @throws CLUSTER_ENDED */
  interrupt(): Promise<void> {
    return this.#connection.sendInTurn({ type: 'interrupt', ranks: this.#everyRank() });
  }

  /**
   * Replaces the process of one rank, or of all. Its variables are gone; its topology is that of the other ranks, and
   * a graph that went around it leads through it again.
   * @throws CLUSTER_ENDED, ENGINE_NOT_STARTED
   */
  async restart(rank?: number): Promise<void> {
    await this.#connection.restart(
      rank === undefined ? this.#everyRank() : this.ranks([rank]).ranks
    );
  }

  /**
   * Lets the others go on without the ranks that are lost or frozen. Ranks keep their numbers and size() stays; the
   * graph goes around the missing ones, and the weight of each lost link moves to its receiver itself. From then on
   * `all` and cells on all engines mean those who take part, and so do the calls of all ranks: allreduce, allgather,
   * barrier; a broadcast from a missing rank, or naming one as a neighbour, is an error. Pending calls end; variables
   * are kept. A restart brings a rank back, and with it the weights; so does heal, for one that was only frozen.
   * @returns who goes on, whether W is still doubly stochastic and the graph connected, and ρ
   * @throws CLUSTER_ENDED; HEAL_IMPOSSIBLE if no rank is left
   */
  async heal(): Promise<HealReport> {
    return new HealReport(await this.#connection.heal(), this.size);
  }

  /** Ends the process of one rank as if it had died by itself: to see what a failure does. @throws CLUSTER_ENDED */
  kill(rank: number): Promise<void> {
    const { ranks } = this.ranks([rank]);
    return this.#connection.sendInTurn({ type: 'kill', ranks: [...ranks] });
  }

  /**
   * Records from now on what every rank does and when: it computes, waits for a call, sends, averages; or ends that.
   * What `timeline` had not taken is gone. Without it nothing is recorded, and nothing is spent.
   * @throws CLUSTER_ENDED
   */
  async recordTimeline(isOn = true): Promise<void> {
    await switchRecording(this.#connection, isOn);
  }

  /**
   * What was recorded since `recordTimeline`, or since the last call of this: one trace of all ranks, on one clock, for
   * `plot.timeline` and Perfetto. Cells that run now are waited for.
   * @param path where to write it as a file too
   * @throws TIMELINE_OFF if no rank records; CLUSTER_ENDED
   */
  async timeline(path?: string): Promise<ChromeTrace> {
    const trace = toTrace(await takeTimelines(this.#connection));
    if (path !== undefined) await writeTrace(path, trace);
    return trace;
  }

  /** Ends the cluster at once; resolves when its engines are gone. */
  async stop(): Promise<void> {
    if (this.#connection.cause !== undefined) return;
    const closed = new Promise(resolve => this.#connection.once('closed', resolve));
    this.#connection.send({ type: 'stop' });
    await closed;
    this.#connection.close();
  }

  /** Leaves the cluster; it goes on until its idle limit. */
  close(): void {
    this.#connection.close();
  }

  /** A table of the engines. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return describeCluster(this.state);
  }

  #everyRank(): number[] {
    return Array.from({ length: this.size }, (_, rank) => rank);
  }

  static async #open(file: ClusterFile): Promise<Cluster> {
    const cluster = new Cluster(await Connection.open(file));
    Cluster.#connected.set(cluster.id, cluster);
    cluster.once('closed', () => Cluster.#connected.delete(cluster.id));
    return cluster;
  }

  /** Starts engines anew that have ended: who asks for eight gets eight. */
  async #complete(): Promise<void> {
    const ended = this.state.engines
      .filter(({ state }) => state === 'lost' || state === 'stopped')
      .map(({ rank }) => rank);
    if (ended.length === 0) return;
    await this.#connection.restart(ended);
    const [ranks, their] = ended.length === 1 ? ['rank', 'its'] : ['ranks', 'their'];
    const text = `The cluster of this notebook goes on, with a new engine for ${ranks} ${ended.join(', ')}: ${their} variables are gone, those of the other ranks are kept.`;
    this.#notice(text, true);
  }

  /** Tells the kernel that %%px cells go to this cluster from now on. */
  #announce(): this {
    notebookHost()?.send({ type: 'cluster', id: this.id });
    return this;
  }

  /**
   * In a notebook the kernel shows notices: it hears those for everyone itself, and of the others from us. A script that
   * does not listen sees them in its terminal.
   */
  #notice(text: string, isOwn: boolean): void {
    if (this.emit('notice', text, isOwn)) return;
    const host = notebookHost();
    if (!host) process.stderr.write(`${text}\n`);
    else if (isOwn) host.send({ type: 'notice', text });
  }
}

/** The file of the cluster that this notebook has. */
function findOwnFile(name: string): ClusterFile | undefined {
  return listClusterFiles().find(other => other.name === name);
}

/** The notebook's session, as Jupyter names it to its kernel. */
function sessionName(): string | null {
  return process.env['JPY_SESSION_NAME'] ?? null;
}

function assertClient(name: string): void {
  if (isEngine()) throw new DecentLabError('NOT_ON_CLIENT', { name });
}
