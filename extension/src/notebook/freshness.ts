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

/** Remembers on which processes each cell ran last. */
export class Freshness {
  readonly #ran = new Map<string, Ran>();
  #isFirst = true;

  /**
   * Looks at the cells and the cluster as they are now.
   * @param cells the number of each cell's last execution, by id
   * @returns the ids of stale cells
   */
  look(cells: ReadonlyMap<string, number | null>, processes: string | null): Set<string> {
    const stale = new Set<string>();
    for (const [id, count] of cells) {
      const known = this.#ran.get(id);
      if (count === null) this.#ran.delete(id);
      // What a notebook brings along ran on nobody knows what.
      else if (this.#isFirst) this.#ran.set(id, { count, processes: '' });
      else if (known?.count !== count) this.#ran.set(id, { count, processes });
      else if (known.processes === null) known.processes = processes;
      else if (known.processes !== '' && known.processes !== processes) stale.add(id);
    }
    this.#isFirst = false;
    return stale;
  }
}
