/** What engines tell of themselves on its way to the graph views: gathered, and sent at most four times a second. */
import type { ClusterWatch } from '../../cluster/client/cluster-watch.js';
import {
  allWanted,
  isWanted,
  type EngineStats,
  type Lately,
  type Stretch,
  type Wanted
} from '../../cluster/protocol/stats.js';
import type { Comm } from './comms.js';

/** What one page wants to see of a cluster. */
export type WantedCluster = Wanted & { readonly id: string };

/** A picked variable of an engine as numbers, instead of its entries. */
export interface ViewedValue {
  /** The number itself, or the Euclidean norm. */
  readonly value: number;
  /** ‖x_i − x̄‖, over the ranks that have told it. */
  readonly distance?: number;
}

/** What a page gets of one engine. */
export type ViewedStats = Omit<EngineStats, 'picked'> & {
  readonly rank: number;
  /** By name the picked variables, as far as the rank has them. */
  readonly picked: Readonly<Record<string, ViewedValue>>;
};

const SEND_INTERVAL_MS = 250;
/** The stats of so many engines leave in one interval; those of more take longer, so that the page has room for outputs. */
const ENGINES_AN_INTERVAL = 64;

export class ClusterStats {
  readonly #watch: ClusterWatch;
  readonly #views = new Map<Comm, readonly WantedCluster[]>();
  readonly #latest = new Map<string, Map<number, EngineStats>>();
  /** The connections that have been told what to send. */
  readonly #told = new WeakMap<object, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(watch: ClusterWatch) {
    this.#watch = watch;
    // A cluster that is wanted may come into sight later.
    watch.on('change', () => {
      for (const { id } of this.#wanted()) this.#tell(id);
    });
    watch.on('stats', (id, rank, stats) => {
      const known = this.#latest.get(id) ?? new Map<number, EngineStats>();
      this.#latest.set(id, known.set(rank, withEarlier(stats, known.get(rank)?.lately)));
      this.#timer ??= setTimeout(
        () => this.#send(),
        SEND_INTERVAL_MS * Math.ceil(known.size / ENGINES_AN_INTERVAL)
      );
    });
  }

  /** What a page wants to see from now on. */
  set(page: Comm, wanted: readonly WantedCluster[]): void {
    const before = this.#views.get(page) ?? [];
    this.#views.delete(page);
    if (wanted.length > 0) this.#views.set(page, wanted);
    for (const id of new Set([...before, ...wanted].map(one => one.id))) this.#tell(id);
  }

  /** Nobody looks any more. */
  clear(): void {
    const ids = new Set(this.#wanted().map(({ id }) => id));
    this.#views.clear();
    for (const id of ids) this.#tell(id);
  }

  #wanted(): WantedCluster[] {
    return [...this.#views.values()].flat();
  }

  #tell(id: string): void {
    const views = this.#wanted().filter(view => view.id === id);
    if (views.length === 0) this.#latest.delete(id);
    const connection = this.#watch.connection(id);
    const isOn = views.length > 0;
    const wanted = allWanted(views);
    const key = JSON.stringify([isOn, wanted]);
    if (!connection || connection.cause !== undefined || this.#told.get(connection) === key) return;
    this.#told.set(connection, key);
    connection.send({ type: 'watch', isOn, wanted });
  }

  #send(): void {
    this.#timer = undefined;
    for (const id of new Set(this.#wanted().map(view => view.id))) {
      const latest = this.#latest.get(id) ?? new Map<number, EngineStats>();
      const engines = viewed(latest);
      for (const [page, wanted] of this.#views)
        if (wanted.some(view => view.id === id)) page.send({ stats: { id, engines } });
      for (const [rank, stats] of latest) latest.set(rank, withoutLately(stats));
    }
  }
}

/** What a page has asked to see, as far as it is that. */
export function wantedClusters(views: unknown): WantedCluster[] {
  if (!Array.isArray(views)) return [];
  return (views as unknown[]).filter(
    (view): view is WantedCluster =>
      isWanted(view) && typeof (view as Partial<WantedCluster>).id === 'string'
  );
}

/** What was done lately adds up until it has left; of the rest the newest counts. */
function withEarlier(stats: EngineStats, earlier: Lately | undefined): EngineStats {
  const { lately } = stats;
  if (!lately || !earlier) return stats;
  const stretches: Stretch[] = [...earlier.stretches, ...lately.stretches];
  return { ...stats, lately: { ...lately, stretches } };
}

function withoutLately({ lately: _, ...stats }: EngineStats): EngineStats {
  return stats;
}

/** The stats of all ranks, ascending; of each picked variable the distance from the average of all. */
export function viewed(latest: ReadonlyMap<number, EngineStats>): ViewedStats[] {
  const all = [...latest.values()];
  const names = new Set(all.flatMap(({ picked = {} }) => Object.keys(picked)));
  const toldOf = (name: string) =>
    all.flatMap(({ picked }) => (picked?.[name] ? [picked[name]] : []));
  const means = new Map([...names].map(name => [name, meanOf(toldOf(name))]));
  return [...latest]
    .sort(([a], [b]) => a - b)
    .map(([rank, { picked = {}, ...stats }]) => {
      const values = Object.entries(picked).map(([name, entries]) => [
        name,
        viewedValue(entries, means.get(name) ?? null)
      ]);
      return { rank, ...stats, picked: Object.fromEntries(values) as ViewedStats['picked'] };
    });
}

function viewedValue(entries: readonly number[], mean: readonly number[] | null): ViewedValue {
  const value = entries.length === 1 ? entries[0] : Math.hypot(...entries);
  if (mean?.length !== entries.length) return { value };
  return { value, distance: Math.hypot(...entries.map((entry, k) => entry - mean[k])) };
}

/** Null for vectors of different lengths, or none. */
function meanOf(vectors: readonly (readonly number[])[]): number[] | null {
  const [first] = vectors;
  if (!first || vectors.some(({ length }) => length !== first.length)) return null;
  return first.map((_, k) => vectors.reduce((sum, x) => sum + x[k], 0) / vectors.length);
}
