/** Who has not been heard for too long. No sockets: whoever uses it says when something was heard, and looks now and then. */

export interface SilenceOptions<Peer> {
  /** Milliseconds within which a silence is found, with a sign of life expected each fifth of them. */
  readonly limit: number;
  /** Milliseconds of a clock that never goes back. Defaults to `performance.now`. */
  now?(): number;
  /** Whether a peer that should be silent by now is only slow: its deadline begins anew. Defaults to never. */
  isExcused?(peer: Peer): boolean;
  /** A peer has become silent: for how many milliseconds. */
  onSilent(peer: Peer, elapsed: number): void;
  /** A peer that was silent is heard again. */
  onHeard?(peer: Peer): void;
}

/** Looks, and signs of life, within the limit. */
export const LOOKS = 5;

export class Silence<Peer> {
  readonly #options: SilenceOptions<Peer>;
  readonly #now: () => number;
  readonly #heard = new Map<Peer, number>();
  readonly #silent = new Set<Peer>();
  #looked: number;
  #timer: NodeJS.Timeout | undefined;
  #isWatching = false;

  constructor(options: SilenceOptions<Peer>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#looked = this.#now();
  }

  /** Looks by itself from now on; does not keep the process alive. */
  watch(): this {
    // Timers come before what sockets and pipes hold; an immediate comes after it. So late signs of life count first; and
    // whoever had nothing to do when excuses were asked for has answered before.
    const look = (): void => {
      const late = this.#late();
      if (late.length > 0) setImmediate(() => this.#isWatching && this.#decide(late));
    };
    this.#isWatching = true;
    this.#timer = setInterval(look, this.#options.limit / LOOKS).unref();
    return this;
  }

  close(): void {
    this.#isWatching = false;
    clearInterval(this.#timer);
  }

  /** A sign of life; the first one begins the watch over this peer. */
  heard(peer: Peer): void {
    this.#heard.set(peer, this.#now());
    if (this.#silent.delete(peer)) this.#options.onHeard?.(peer);
  }

  /** The peer is gone, or nothing is expected of it any more. */
  forget(peer: Peer): void {
    this.#heard.delete(peer);
    this.#silent.delete(peer);
  }

  isSilent(peer: Peer): boolean {
    return this.#silent.has(peer);
  }

  /**
   * Looks at all deadlines. Whoever looks late has slept itself, or was busy, while signs of life may wait to be read:
   * the deadlines then begin anew.
   */
  look(): void {
    this.#decide(this.#late());
  }

  /** Who has not been heard for too long and has no excuse, with the time of its last sign of life. */
  #late(): [Peer, number][] {
    const { limit, isExcused } = this.#options;
    // The next look would be too late.
    const longest = limit - limit / LOOKS;
    const now = this.#now();
    const hasSlept = now - this.#looked > limit / 2;
    this.#looked = now;
    return [...this.#heard].filter(([peer, at]) => {
      if (this.#silent.has(peer)) return false;
      const isLate = now - at >= longest;
      const isAnew = hasSlept || (isLate && isExcused?.(peer));
      if (isAnew) this.#heard.set(peer, now);
      return isLate && !isAnew;
    });
  }

  /** They are silent, unless they were heard or forgotten meanwhile. */
  #decide(late: readonly [Peer, number][]): void {
    for (const [peer, at] of late) {
      if (this.#heard.get(peer) !== at) continue;
      this.#silent.add(peer);
      this.#options.onSilent(peer, this.#now() - at);
    }
  }
}
