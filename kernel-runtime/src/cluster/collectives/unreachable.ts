/** Which ranks this one cannot reach in this epoch, and why: what a call hears that needs one of them. */
import { DecentLabError } from '../../errors.js';
import { lostError, type Call } from './call.js';
import type { Gone } from './types.js';

type ToError = (call: Call) => Error;

export class Unreachable {
  /** Ranks without a process; whether each is only silent. */
  readonly #lost = new Map<number, boolean>();
  /** Links that have ended in this epoch: the frames lost with one would shift all later calls. */
  readonly #broken = new Map<number, ToError>();
  /** Those of them whose other end may not know: a silent one is found at both ends, a dial that fails or is not answered at one. */
  readonly #dropped = new Set<number>();
  /** Peers whose link is ending because nothing was heard of them; whether they had ever answered. */
  readonly #silent = new Map<number, boolean>();

  /** A new epoch, which begins without these. */
  restart({ lost = [], silent = [] }: Gone): void {
    this.#lost.clear();
    this.#broken.clear();
    this.#dropped.clear();
    for (const rank of lost) this.#lost.set(rank, silent.includes(rank));
  }

  /** The process of a rank has ended, or is silent. */
  lose(rank: number, isSilent: boolean): void {
    this.#lost.set(rank, isSilent);
  }

  /**
   * Nothing was heard of a rank, so that its link will end.
   * @param wasLinked false if it has never answered a dial, and so may not know of it
   */
  silence(rank: number, wasLinked: boolean): void {
    this.#silent.set(rank, wasLinked);
  }

  /**
   * The link with a rank has ended.
   * @param isRefused whether one of its ends broke the rules
   * @returns whether it was only silent
   */
  break(rank: number, cause: string, isRefused: boolean): boolean {
    const wasLinked = this.#silent.get(rank);
    const isSilent = this.#silent.delete(rank);
    if (!wasLinked) this.#dropped.add(rank);
    this.#broken.set(rank, call =>
      isRefused
        ? new DecentLabError('LINK_ENDED', { rank, cause })
        : lostError(call, rank, isSilent ? { isSilent } : { cause })
    );
    return isSilent;
  }

  /** Whether a rank may not know that it does not get what was meant for it. */
  hasDropped(rank: number): boolean {
    return this.#dropped.has(rank);
  }

  /** Whether a rank has no process now. */
  isLost(rank: number): boolean {
    return this.#lost.has(rank);
  }

  /** What calls hear that need this rank; undefined if it has a process and a link. */
  errorOf(rank: number): ToError | undefined {
    const isSilent = this.#lost.get(rank);
    if (isSilent === undefined) return this.#broken.get(rank);
    return call => lostError(call, rank, { isSilent });
  }
}
