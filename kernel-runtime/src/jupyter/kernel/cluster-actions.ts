/** What the panel of clusters asks for: start, stop, restart, logs, links. */
import { openSync, readSync, closeSync, fstatSync } from 'node:fs';
import type { Cluster } from '../../cluster/client/cluster.js';
import { isPackedTopology } from '../../cluster/protocol/topology.js';
import type { CurrentCluster } from './current-cluster.js';
import type { Content } from './wire.js';

type OnProgress = (progress: unknown) => void;
type Action = (content: Content, onProgress: OnProgress) => Promise<unknown>;

const LOG_TAIL_BYTES = 32_000;

export class ClusterActions {
  readonly #current: CurrentCluster;
  /** Clusters that a panel has started: they live as long as this kernel. */
  readonly #started = new Map<string, Cluster>();
  readonly #actions: Readonly<Record<string, Action>> = {
    start: (content, onProgress) => this.#start(content, onProgress),
    compute: async () => (await import('../../cluster/client/compute.js')).computeOffers(),
    stop: async content => (await this.#open(content)).stop(),
    interrupt: async content => (await this.#open(content)).interrupt(),
    restart: async content => (await this.#open(content)).restart(rankOf(content)),
    kill: async content => (await this.#open(content)).kill(rankOf(content) ?? 0),
    use: async content => void this.#current.select((await this.#open(content)).id),
    log: async content => this.#log(content),
    cut: async content => this.#cut(content),
    draw: async content => this.#draw(content),
    topology: async content => this.#setTopology(content)
  };

  constructor(current: CurrentCluster) {
    this.#current = current;
  }

  /** Does what a panel asks; resolves to the answer. @throws an error whose message is for the reader */
  run(content: Content, onProgress: OnProgress): Promise<unknown> {
    const name = String(content['action']);
    const action = Object.hasOwn(this.#actions, name) ? this.#actions[name] : undefined;
    if (action) return action(content, onProgress);
    const known = Object.keys(this.#actions).join(', ');
    return Promise.reject(new Error(`The panel asked for "${name}"; known are ${known}.`));
  }

  close(): void {
    for (const cluster of this.#started.values()) cluster.close();
  }

  /** A notebook without a cluster gets this one; otherwise the cluster belongs to no notebook. */
  async #start(content: Content, onProgress: OnProgress): Promise<string> {
    const { Cluster } = await import('../../cluster/client/cluster.js');
    const isFree = (await this.#current.get()) === null;
    const cluster = await Cluster.start({
      engines: Number(content['engines']),
      ...textsOf(content, ['topology', 'backend', 'devices']),
      ignoreMemory: content['ignoreMemory'] === true,
      ...(isFree ? {} : { name: null }),
      onProgress
    });
    this.#keep(cluster);
    if (isFree && process.env['JPY_SESSION_NAME']) this.#current.select(cluster.id);
    return cluster.id;
  }

  #keep(cluster: Cluster): void {
    this.#started.set(cluster.id, cluster);
    // The panel shows the states; nobody reads the terminal of a kernel.
    cluster.on('notice', () => undefined);
    cluster.once('closed', () => this.#started.delete(cluster.id));
  }

  async #open({ id }: Content): Promise<Cluster> {
    const current = await this.#current.get();
    if (current && current.id === id) return current;
    const known = this.#started.get(String(id));
    if (known) return known;
    const { Cluster } = await import('../../cluster/client/cluster.js');
    const cluster = await Cluster.connect(String(id));
    this.#keep(cluster);
    // A cluster that was started elsewhere ends by its own rules: one request is no reason to keep it.
    setTimeout(() => cluster.close(), HOLD_MS).unref();
    return cluster;
  }

  /** The last lines that the process of an engine has printed outside of cells. */
  async #log(content: Content): Promise<string> {
    const rank = rankOf(content) ?? 0;
    const { engines } = (await this.#open(content)).state;
    const path = engines.find(engine => engine.rank === rank)?.log;
    return path === undefined ? '' : tailOf(path);
  }

  async #cut(content: Content): Promise<void> {
    const { from, to } = content;
    if (!Number.isInteger(from) || !Number.isInteger(to))
      throw new Error('A link is named by two ranks.');
    const { cutLinkOn } = await import('../../cluster/client/drawn-topology.js');
    await cutLinkOn(await this.#open(content), Number(from), Number(to));
  }

  /** What a drawn graph makes of W. */
  async #draw({ drawing }: Content): Promise<unknown> {
    const { drawnTopology, isDrawing } = await import('../../cluster/client/drawn-topology.js');
    if (!isDrawing(drawing)) throw new Error('A drawing has a size, sources by rank, and a rule.');
    return drawnTopology(drawing);
  }

  async #setTopology(content: Content): Promise<void> {
    const { topology } = content;
    if (!isPackedTopology(topology)) throw new Error('A topology has a name and a row a rank.');
    const { setTopologyOn } = await import('../../cluster/client/drawn-topology.js');
    await setTopologyOn(await this.#open(content), topology);
  }
}

const HOLD_MS = 10_000;

/** Those of the members that are texts. */
function textsOf(content: Content, names: readonly string[]): Record<string, string> {
  const texts = names.map(name => [name, content[name]] as const);
  return Object.fromEntries(
    texts.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  );
}

function rankOf({ rank }: Content): number | undefined {
  return typeof rank === 'number' ? rank : undefined;
}

function tailOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LOG_TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(file);
  }
}
