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
  readonly #patience: number;
  /** When ranks that were silent were heard again, in milliseconds of `performance.now()`. */
  readonly #heardAgain = new Map<number, number>();
  /** What an engine has told last: all of them should have the same. */
  #topology: PackedTopology | null = null;

  /** @param patience milliseconds within which the links of a rank are heard once its process is */
  constructor(registry: Registry, epochs: Epochs, patience: number) {
    this.#registry = registry;
    this.#epochs = epochs;
    this.#patience = patience;
  }

  /** What a new engine begins with; null for the default. */
  get topology(): PackedTopology | null {
    return this.#topology;
  }

  /** An engine has this topology now. */
  learn(topology: PackedTopology): void {
    this.#topology = topology;
  }

  /** A process gives signs of life again; its peers may say so a moment later. */
  heardAgain(rank: number): void {
    this.#heardAgain.set(rank, performance.now());
  }

  /**
   * From now on the graph goes around the ranks that cannot be reached, or not by all, and around no others. If that changes anything,
   * a new epoch tells all engines; calls that are pending end.
   */
  async heal(): Promise<Healed> {
    await this.#registry.ended();
    await this.#linksAreKnown();
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

  /** A rank that has just come back, or was just lost, may be so for one of its peers only: the others are awaited. */
  async #linksAreKnown(): Promise<void> {
    const now = performance.now();
    for (const [rank, at] of this.#heardAgain) {
      const left = Math.ceil(at + this.#patience - now);
      this.#heardAgain.delete(rank);
      if (left <= 0 || !this.#registry.engines[rank].isPresent) continue;
      await this.cuts.mended(rank, AbortSignal.timeout(left));
    }
    // Of a rank that is cut off, the first one to notice looks as guilty: the others say so a moment later.
    if (this.cuts.ranksToLeave(this.#registry.lost).length > 0)
      await this.cuts.settled(this.#patience / 2);
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
