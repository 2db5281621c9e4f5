/** All clusters of this user as they change: those that come and go, and the engines of each. It keeps none alive. */
import { EventEmitter } from 'node:events';

import type { ClusterFile } from '../protocol/cluster-file.js';
import type { ClusterState } from '../protocol/state.js';
import type { EngineStats } from '../protocol/stats.js';
import { listClusterFiles } from './cluster-files.js';
import { Connection } from './connection.js';

/** What is heard of the clusters. */
export interface ClusterWatchEvents {
  /** A cluster has come or gone, or an engine has changed its state. */
  change: [];
  stats: [id: string, rank: number, stats: EngineStats];
}

/** A file comes with a cluster and goes with it; a folder of a network drive tells of neither. */
const LOOK_MS = 500;
/** Until a cluster that has not answered, or answers no more although its file is there, is dialled again. */
const AGAIN_MS = 5_000;

export class ClusterWatch extends EventEmitter<ClusterWatchEvents> {
  readonly #connections = new Map<string, Connection>();
  /** Clusters that are being dialled, are watched, or are not dialled again yet. */
  readonly #tried = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;

  /** Whether the clusters of now are known: while they are dialled for the first time, their files know better. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The clusters as last heard, newest first. */
  get states(): ClusterState[] {
    return [...this.#connections.values()]
      .map(({ state }) => state)
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** Begins to watch; resolves when the clusters of now are known. */
  async begin(): Promise<void> {
    if (this.#timer) return;
    const timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer = timer;
    await this.#look();
    this.#isReady = this.#timer === timer;
  }

  /** Watches no longer. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#isReady = false;
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
    this.#tried.clear();
  }

  /** The connection with a cluster that is watched. */
  connection(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  async #look(): Promise<void> {
    const files = listClusterFiles();
    const still = new Set(files.map(({ id }) => id));
    for (const id of this.#tried) if (!still.has(id)) this.#tried.delete(id);
    const fresh = files.filter(({ id }) => !this.#tried.has(id));
    for (const { id } of fresh) this.#tried.add(id);
    await Promise.all(fresh.map(file => this.#open(file).catch(() => this.#tryAgain(file))));
  }

  /** Its process lives, or its file would be gone: it may only have been too busy, or frozen. */
  #tryAgain({ id }: ClusterFile): void {
    setTimeout(() => this.#tried.delete(id), AGAIN_MS).unref();
  }

  async #open(file: ClusterFile): Promise<void> {
    const connection = await Connection.open(file, true);
    if (!this.#timer) return connection.close();
    const { id } = file;
    this.#connections.set(id, connection);
    connection.on('state', () => this.emit('change'));
    connection.on('stats', (rank, stats) => this.emit('stats', id, rank, stats));
    connection.on('closed', () => {
      if (this.#connections.get(id) !== connection) return;
      this.#connections.delete(id);
      this.#tryAgain(file);
      this.emit('change');
    });
    this.emit('change');
  }
}
