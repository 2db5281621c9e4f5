/**
 * What cut links come from: a host that is cut off, or one link. Whoever notices first looks as guilty as the other end,
 * so that the others are given time to say what they hear.
 */
import { setTimeout as pause } from 'node:timers/promises';

import type { Cuts } from './cuts.js';
import { wordsOfCut } from './notices.js';
import type { Engine, Registry } from './registry.js';

export interface VerdictsOptions {
  readonly registry: Registry;
  readonly cuts: Cuts;
  /** Milliseconds from a cut to its verdict. */
  readonly delay: number;
  /** One link is cut, in words. */
  onLinkCut(text: string): void;
}

export class Verdicts {
  readonly #options: VerdictsOptions;
  readonly #pending = new Set<Promise<void>>();

  constructor(options: VerdictsOptions) {
    this.#options = options;
  }

  /** A rank does not hear another any more. */
  await(engine: Engine, peer: number): void {
    const verdict = pause(this.#options.delay, undefined, { ref: false }).then(() => {
      this.#judge(engine, peer);
      this.#pending.delete(verdict);
    });
    this.#pending.add(verdict);
  }

  /** Resolves when it is plain where every cut so far comes from; null if it is. */
  get pending(): Promise<unknown> | null {
    return this.#pending.size > 0 ? Promise.all(this.#pending) : null;
  }

  #judge(engine: Engine, peer: number): void {
    const { registry, cuts, onLinkCut } = this.#options;
    for (const rank of cuts.cutOff(registry.lost)) registry.cutOff(rank, cuts.around(rank));
    const text = wordsOfCut(engine, registry.engines[peer], cuts);
    if (text !== null) onLinkCut(text);
  }
}
