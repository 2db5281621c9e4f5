/** Epochs: after a failure the engines' calls start afresh, and what is still under way never meets a new call. */
import type { Reason } from '../protocol/reason.js';
import type { Registry } from './registry.js';

export class Epochs {
  readonly #registry: Registry;
  /** The epoch that each rank was told last. */
  readonly #told = new Map<number, number>();
  /** Ranks whose calls may be out of step. */
  readonly #dirty = new Set<number>();
  #current = 0;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  get current(): number {
    return this.#current;
  }

  /** Whether a rank, as it spoke, had heard of the last epoch that it was told. */
  isCurrent(rank: number, epoch: number): boolean {
    return (this.#told.get(rank) ?? 0) === epoch;
  }

  /** The calls of these ranks may be out of step: they start afresh before the next task. */
  soil(ranks: readonly number[]): void {
    for (const rank of ranks) this.#dirty.add(rank);
  }

  /** Before a task: all its ranks have to be in one clean epoch. Ranks that are busy elsewhere are left alone. */
  align(ranks: readonly number[]): void {
    const epochs = new Set(ranks.map(rank => this.#told.get(rank) ?? 0));
    const isClean = epochs.size <= 1 && !ranks.some(rank => this.#dirty.has(rank));
    if (isClean) return;
    const idle = this.#registry.alive.filter(({ condition }) => condition === 'idle');
    this.open(new Set([...ranks, ...idle.map(({ rank }) => rank)]), null);
  }

  /** A new epoch for these ranks: calls that wait there are rejected with the reason. */
  open(ranks: Iterable<number>, reason: Reason | null): void {
    this.#current++;
    const { engines, lost, silent, absent } = this.#registry;
    for (const rank of ranks) {
      this.#told.set(rank, this.#current);
      this.#dirty.delete(rank);
      engines[rank].send({ type: 'epoch', epoch: this.#current, reason, lost, silent, absent });
    }
  }

  /** A new engine begins in the current epoch, out of step with the others. */
  join(rank: number): void {
    this.#told.set(rank, this.#current);
    this.#dirty.add(rank);
  }
}
