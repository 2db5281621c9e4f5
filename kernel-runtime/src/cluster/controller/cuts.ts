/** Links between ranks that carry nothing although both processes run: a cable is cut, or a network is parted. */
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const SEVERAL = 2;

export class Cuts {
  /** By rank, the ranks that it does not hear. */
  readonly #deafTo = new Map<number, Set<number>>();
  /** When the last link was cut, in milliseconds of `performance.now()`. */
  #lastCut = -Infinity;
  readonly #events = new EventEmitter<{ mended: [] }>();

  /** A rank does not hear another any more. */
  cut(rank: number, peer: number): void {
    const peers = this.#deafTo.get(rank) ?? new Set();
    if (!peers.has(peer)) this.#lastCut = performance.now();
    this.#deafTo.set(rank, peers.add(peer));
  }

  /** Resolves when the last cut is so many milliseconds old. */
  async settled(age: number): Promise<void> {
    const left = Math.ceil(this.#lastCut + age - performance.now());
    if (left > 0) await pause(left);
  }

  /** It hears it again. */
  mend(rank: number, peer: number): void {
    this.#deafTo.get(rank)?.delete(peer);
    this.#events.emit('mended');
  }

  /** The process of a rank is another one, or none: what was said by it and of it is over. */
  forget(rank: number): void {
    this.#deafTo.delete(rank);
    for (const peers of this.#deafTo.values()) peers.delete(rank);
    this.#events.emit('mended');
  }

  /** Resolves when no cut link is left around this rank, or when `signal` is aborted. */
  async mended(rank: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.around(rank).length > 0)
      await once(this.#events, 'mended', { signal }).catch(() => undefined);
  }

  /** The ranks that do not hear this one, or are not heard by it, ascending. */
  around(rank: number): number[] {
    const peers = this.#links().filter(link => link.includes(rank));
    return peers.map(([one, other]) => (one === rank ? other : one)).sort((a, b) => a - b);
  }

  /**
   * Ranks that several others have lost: their host is cut off, not one link.
   * @param others ranks that are left out anyway
   */
  cutOff(others: readonly number[]): number[] {
    return this.ranksToLeave(others).filter(rank => this.around(rank).length >= SEVERAL);
  }

  has(rank: number, peer: number): boolean {
    return this.#deafTo.get(rank)?.has(peer) ?? false;
  }

  /**
   * Ranks without which no link is cut, ascending: again and again the one with most cut links, of equals the last, so
   * that the larger part of a parted network goes on.
   * @param others ranks that are left out anyway
   */
  ranksToLeave(others: readonly number[]): number[] {
    const links = this.#links().filter(link => !link.some(rank => others.includes(rank)));
    const leaving: number[] = [];
    for (let rest = links; rest.length > 0;) {
      const worst = mostFrequent(rest.flat());
      leaving.push(worst);
      rest = rest.filter(link => !link.includes(worst));
    }
    return leaving.sort((a, b) => a - b);
  }

  /** Each cut link once. */
  #links(): [number, number][] {
    const pairs = [...this.#deafTo].flatMap(([rank, peers]) =>
      [...peers].map((peer): [number, number] => [Math.min(rank, peer), Math.max(rank, peer)])
    );
    return [...new Map(pairs.map(pair => [pair.join(), pair])).values()];
  }
}

/** Of equally frequent ranks the largest. */
function mostFrequent(ranks: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || b - a)[0][0];
}
