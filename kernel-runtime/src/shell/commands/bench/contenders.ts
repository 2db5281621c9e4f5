/** Those who are measured in turns: one that hangs or dies is left out from then on, unless it is ours. */
import type { SuiteContext } from './suite.js';

/** Anything with a name that can be measured. */
export interface Named {
  readonly name: string;
}

export class Contenders<C extends Named> {
  readonly #context: Pick<SuiteContext, 'progress'>;
  readonly #notes: string[];
  #present: readonly C[];

  /** @param notes where it is told who was left out, and why */
  constructor(all: readonly C[], notes: string[], context: Pick<SuiteContext, 'progress'>) {
    this.#present = all;
    this.#notes = notes;
    this.#context = context;
  }

  /** Those who are still there. */
  get present(): readonly C[] {
    return this.#present;
  }

  /**
   * Does something with each, one after the other.
   * @throws what it throws for ours
   */
  async inTurns(what: string, measure: (contender: C) => Promise<void>): Promise<void> {
    for (const contender of this.#present) {
      try {
        await measure(contender);
      } catch (error) {
        if (contender.name === 'ours') throw error;
        this.#leaveOut(contender, `${what}: ${(error as Error).message}`);
      }
    }
  }

  #leaveOut(contender: C, why: string): void {
    this.#present = this.#present.filter(other => other !== contender);
    const note = `${contender.name} was left out from here on; ${why}`;
    this.#notes.push(note);
    this.#context.progress(note);
  }
}
