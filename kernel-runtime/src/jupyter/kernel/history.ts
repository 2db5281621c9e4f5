/** The cells that this kernel has run, in memory, as `history_request` asks for them. */
import type { Content } from './wire.js';

interface Entry {
  readonly line: number;
  readonly input: string;
  output: string | null;
}

type Row = [session: number, line: number, input: string | [input: string, output: string | null]];

/** There is one session only: nothing is kept on disk. */
const SESSION = 1;

/** Inputs and the text of their results, by execution count. */
export class History {
  readonly #entries: Entry[] = [];

  /** Adds a cell before it runs. */
  add(line: number, input: string): void {
    this.#entries.push({ line, input, output: null });
  }

  /** Keeps the text of a cell's result. */
  setOutput(line: number, output: string): void {
    const entry = this.#entries.findLast(candidate => candidate.line === line);
    if (entry) entry.output = output;
  }

  /** Answers a history request: `tail`, `range` or `search` (a glob with `*` and `?`). */
  answer(request: Content): Content {
    const rows = this.#select(request).map(entry => toRow(entry, request['output'] === true));
    return { status: 'ok', history: rows };
  }

  #select(request: Content): Entry[] {
    const count = Number(request['n'] ?? Infinity) || Infinity;
    switch (request['hist_access_type']) {
      case 'tail':
        return lastOf(this.#entries, count);
      case 'range':
        return this.#range(Number(request['start'] ?? 0), Number(request['stop'] ?? Infinity));
      case 'search':
        return lastOf(
          this.#search(String(request['pattern'] ?? '*'), request['unique'] === true),
          count
        );
      default:
        return [];
    }
  }

  #range(start: number, stop: number): Entry[] {
    const end = Number.isFinite(stop) && stop !== 0 ? stop : Infinity;
    return this.#entries.filter(entry => entry.line >= start && entry.line < end);
  }

  #search(pattern: string, unique: boolean): Entry[] {
    const expression = toExpression(pattern);
    const found = this.#entries.filter(entry => expression.test(entry.input));
    if (!unique) return found;
    return found.filter(
      (entry, k) => found.findLastIndex(other => other.input === entry.input) === k
    );
  }
}

function lastOf(entries: Entry[], count: number): Entry[] {
  return count >= entries.length ? entries : entries.slice(entries.length - count);
}

function toRow({ line, input, output }: Entry, withOutput: boolean): Row {
  return [SESSION, line, withOutput ? [input, output] : input];
}

function toExpression(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's');
}
