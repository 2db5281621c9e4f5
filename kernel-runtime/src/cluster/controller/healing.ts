/** Heals the graph around ranks that are gone, and gives a new engine the topology of the others. */
import type { Healed } from '../protocol/client-messages.js';
import type { PackedTopology } from '../protocol/topology.js';
import { Cuts } from './cuts.js';
import type { Epochs } from './epochs.js';
import type { Registry } from './registry.js';

export class Healing {
  readonly #registry: Registry;
  readonly #epochs: Epochs;
  readonly cuts = new Cuts();
  /** What an engine has told last: all of them should have the same. */
  #topology: PackedTopology | null = null;

  constructor(registry: Registry, epochs: Epochs) {
    this.#registry = registry;
    this.#epochs = epochs;
  }

  /** What a new engine begins with; null for the default. */
  get topology(): PackedTopology | null {
    return this.#topology;
  }

  /** An engine has this topology now. */
  learn(topology: PackedTopology): void {
    this.#topology = topology;
  }

  /**
   * From now on the graph goes around the ranks that cannot be reached, or not by all, and around no others. If that changes anything,
   * a new epoch tells all engines; calls that are pending end.
   */
  heal(): Healed {
    const { absent: before, lost, engines } = this.#registry;
    const isComing = (rank: number): boolean =>
      ['starting', 'stopped'].includes(engines[rank].condition);
    const gone = lost.filter(rank => !isComing(rank));
    const absent = [...gone, ...this.cuts.ranksToLeave(gone)].sort((a, b) => a - b);
    if (absent.length < engines.length && absent.join() !== before.join()) {
      this.#registry.setAbsent(absent);
      const present = this.#registry.alive.map(({ rank }) => rank);
      this.#epochs.open(present, { code: 'GRAPH_HEALED', detail: { absent } });
    }
    return { absent, topology: this.#topology };
  }

  /** These ranks have a new process: the graph leads through them again. */
  restore(ranks: readonly number[]): void {
    for (const rank of ranks) this.cuts.forget(rank);
    const { absent, engines } = this.#registry;
    if (!absent.some(rank => ranks.includes(rank))) return;
    this.#registry.setAbsent(absent.filter(rank => !ranks.includes(rank)));
    this.#epochs.soil(engines.map(({ rank }) => rank));
  }
}
