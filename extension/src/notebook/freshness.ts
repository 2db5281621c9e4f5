/** Which cells ran on engines that are no longer: their variables are gone, so what they show is stale. Pure. */
import type { ClusterState } from '../clusters/state.js';

/** The processes of a cluster; null without one. Two that differ have not the same variables. */
export function processesOf(cluster: ClusterState | undefined): string | null {
  if (!cluster) return null;
  const pids = cluster.engines.map(({ pid, state }) => (state === 'lost' ? 'lost' : pid));
  return `${cluster.id} ${pids.join(' ')}`;
}

/** Whether a cell runs on engines: its first magic says so. */
export function isEngineCell(source: string): boolean {
  return /^(?:\s*(?:\/\/[^\n]*)?\n|\s*%%time[^\n]*\n)*\s*%%px\b/.test(source);
}

interface Ran {
  count: number;
  /** Null until the cluster is known: a cell before it may have started it. */
  processes: string | null;
}

/** What is kept of a notebook while its page is not there: the number of each cell's execution, and where it ran. */
export type KeptFreshness = Readonly<Record<string, readonly [number, string | null]>>;

/** Remembers on which processes each cell ran last. */
export class Freshness {
  readonly #ran = new Map<string, Ran>();
  #isFirst = true;
  #stale: ReadonlySet<string> = new Set();

  /** @param kept what `kept` told before the page was loaded anew */
  constructor(kept: KeptFreshness = {}) {
    for (const [id, [count, processes]] of Object.entries(kept))
      this.#ran.set(id, { count, processes });
  }

  /** What another object of this class goes on with. */
  get kept(): KeptFreshness {
    return Object.fromEntries(
      [...this.#ran].map(([id, { count, processes }]) => [id, [count, processes]])
    );
  }

  /**
   * Looks at the cells and the cluster as they are now.
   * @param cells the number of each cell's last execution, by id
   * @param processes null without a cluster; undefined while nothing is known: then nothing changes
   * @returns the ids of stale cells
   */
  look(
    cells: ReadonlyMap<string, number | null>,
    processes: string | null | undefined
  ): ReadonlySet<string> {
    const stale = new Set<string>();
    for (const [id, count] of cells) {
      const known = this.#ran.get(id);
      if (count === null) this.#ran.delete(id);
      else if (known?.count !== count) {
        // What a notebook brings along ran on nobody knows what.
        const where = this.#isFirst ? '' : (processes ?? null);
        this.#ran.set(id, { count, processes: where });
      } else if (processes === undefined) {
        if (this.#stale.has(id)) stale.add(id);
      } else if (known.processes === null) known.processes = processes;
      else if (known.processes !== '' && known.processes !== processes) stale.add(id);
    }
    this.#isFirst = false;
    this.#stale = stale;
    return stale;
  }
}

/** What was kept, as it comes from outside; a damaged part is left out. */
export function keptFreshness(value: unknown): KeptFreshness {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(isKept));
}

function isKept(entry: [string, unknown]): entry is [string, readonly [number, string | null]] {
  const [, value] = entry;
  if (!Array.isArray(value)) return false;
  const [count, processes] = value as unknown[];
  return typeof count === 'number' && (processes === null || typeof processes === 'string');
}
