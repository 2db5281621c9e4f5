/** What engines tell of themselves on its way to the graph views: gathered, and sent at most four times a second. */
import type { ClusterWatch } from '../../cluster/client/cluster-watch.js';
import type { EngineStats } from '../../cluster/protocol/stats.js';
import type { Comm } from './comms.js';

/** What one view wants to see. */
export interface Wanted {
  readonly id: string;
  /** The variable by which nodes are coloured; null for none. */
  readonly variable: string | null;
}

/** What a view gets of one engine: the picked variable as two numbers instead of its entries. */
export type ViewedStats = Omit<EngineStats, 'picked'> & {
  readonly rank: number;
  /** The number itself, or the Euclidean norm. */
  readonly value?: number;
  /** ‖x_i − x̄‖, over the ranks that have told it. */
  readonly distance?: number;
};

const SEND_INTERVAL_MS = 250;

export class ClusterStats {
  readonly #watch: ClusterWatch;
  readonly #views = new Map<Comm, Wanted>();
  readonly #latest = new Map<string, Map<number, EngineStats>>();
  /** The connections that have been told what to send. */
  readonly #told = new WeakMap<object, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(watch: ClusterWatch) {
    this.#watch = watch;
    // A cluster that is wanted may come into sight later.
    watch.on('change', () => {
      for (const { id } of this.#views.values()) this.#tell(id);
    });
    watch.on('stats', (id, rank, stats) => {
      const known = this.#latest.get(id);
      if (known) known.set(rank, stats);
      else this.#latest.set(id, new Map([[rank, stats]]));
      this.#timer ??= setTimeout(() => this.#send(), SEND_INTERVAL_MS);
    });
  }

  /** What a view wants from now on; null for nothing more. */
  set(view: Comm, wanted: Wanted | null): void {
    const before = this.#views.get(view);
    this.#views.delete(view);
    if (wanted) this.#views.set(view, wanted);
    for (const id of new Set([before?.id, wanted?.id])) if (id !== undefined) this.#tell(id);
  }

  /** Nobody looks any more. */
  clear(): void {
    const ids = new Set([...this.#views.values()].map(({ id }) => id));
    this.#views.clear();
    for (const id of ids) this.#tell(id);
  }

  #tell(id: string): void {
    const wanted = [...this.#views.values()].filter(view => view.id === id);
    const variable = wanted.at(-1)?.variable ?? null;
    if (wanted.length === 0) this.#latest.delete(id);
    const connection = this.#watch.connection(id);
    const isOn = wanted.length > 0;
    const key = `${isOn} ${variable}`;
    if (!connection || connection.cause !== undefined || this.#told.get(connection) === key) return;
    this.#told.set(connection, key);
    connection.send({ type: 'watch', isOn, ...(variable === null ? {} : { variable }) });
  }

  #send(): void {
    this.#timer = undefined;
    const told = new Map<string, ViewedStats[]>();
    for (const [view, { id }] of this.#views) {
      const engines = told.get(id) ?? viewed(this.#latest.get(id) ?? new Map());
      told.set(id, engines);
      view.send({ stats: { id, engines } });
    }
  }
}

/** The stats of all ranks, ascending, with the distance of each from the average. */
export function viewed(latest: ReadonlyMap<number, EngineStats>): ViewedStats[] {
  const mean = meanOf([...latest.values()].flatMap(({ picked }) => (picked ? [picked] : [])));
  return [...latest]
    .sort(([a], [b]) => a - b)
    .map(([rank, { picked, ...stats }]) => {
      if (!picked) return { rank, ...stats };
      const value = picked.length === 1 ? picked[0] : Math.hypot(...picked);
      const isComparable = mean !== null && mean.length === picked.length;
      const distance = isComparable && Math.hypot(...picked.map((entry, k) => entry - mean[k]));
      return { rank, ...stats, value, ...(distance === false ? {} : { distance }) };
    });
}

/** Null for vectors of different lengths, or none. */
function meanOf(vectors: readonly (readonly number[])[]): number[] | null {
  const [first] = vectors;
  if (!first || vectors.some(({ length }) => length !== first.length)) return null;
  return first.map((_, k) => vectors.reduce((sum, x) => sum + x[k], 0) / vectors.length);
}
