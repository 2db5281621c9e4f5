/** Functions that came as text, kept compiled: most are called again and again, and a script costs more than their work. */
import { withOwnImports } from './own-imports.js';
import type { Repl } from './repl.js';
import type { Traces } from './traces.js';

type Call = (...args: readonly unknown[]) => unknown;

/** One text. */
export interface SentFunction {
  /** Its script, as traces know it. */
  readonly index: number;
  /** A new function of the text: what a call leaves on its function is not there in the next call. */
  make(): Call | Promise<Call>;
}

/** Texts that are kept; a program that makes a new one in each turn does not fill the memory. */
const KEPT = 100;
/** In front of the text, on its first line. */
const MAKER = '() => (';

export class SentFunctions {
  readonly #repl: Repl;
  readonly #traces: Traces;
  /** By their texts; the one that was called longest ago comes first. */
  readonly #kept = new Map<string, SentFunction>();

  constructor(repl: Repl, traces: Traces) {
    this.#repl = repl;
    this.#traces = traces;
  }

  /** The function of a text, among the variables of the cells as they are when it is called. */
  of(text: string): SentFunction {
    const sent = this.#kept.get(text) ?? this.#take(text);
    this.#kept.delete(text);
    this.#kept.set(text, sent);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return sent;
  }

  #take(text: string): SentFunction {
    const { index, comment } = this.#traces.register({ name: 'apply', js: MAKER + text });
    let maker: (() => Call) | undefined;
    const compile = async (): Promise<Call> => {
      const script = `${MAKER}${await withOwnImports(text)}\n)${comment}`;
      maker = (await this.#repl.evaluate(script)).value as () => Call;
      return maker();
    };
    return { index, make: () => (maker ? maker() : compile()) };
  }
}
