/** On which ranks each variable of the engines lives: on others it is `undefined`, and its type says so. */
import ts from '#tsover';

import type { Finding } from './diagnostics.js';
import type { BoundFile } from './internals.js';
import { declarationAbove } from './scopes.js';

type Ranks = ReadonlySet<number>;

export class Homes {
  /** Names that are not listed live everywhere. */
  readonly #ranks = new Map<string, Ranks>();

  /**
   * A cell declares a name on these ranks (undefined: on all).
   * @param keepsOthers whether the other ranks keep a variable of the same name and type
   */
  add(name: string, ranks: readonly number[] | undefined, keepsOthers: boolean): void {
    const before = this.#ranks.get(name);
    if (!ranks) this.#ranks.delete(name);
    else if (!keepsOthers) this.#ranks.set(name, new Set(ranks));
    else if (before) this.#ranks.set(name, new Set([...before, ...ranks]));
  }

  /** The process of this rank has ended, and its variables with it. */
  removeRank(rank: number): void {
    for (const [name, ranks] of this.#ranks)
      this.#ranks.set(name, new Set([...ranks].filter(other => other !== rank)));
  }

  clear(): void {
    this.#ranks.clear();
  }

  /** Of the names that a cell mentions and does not declare itself, those that some of its ranks lack. */
  absentOn(ranks: readonly number[], cell: BoundFile): string[] {
    return [...cell.identifiers.keys()].filter(name => {
      const home = this.#ranks.get(name);
      return home && !cell.locals.has(name) && ranks.some(rank => !home.has(rank));
    });
  }

  /**
   * Where a variable lives, in words, if that is known: `lives on ranks 0, 2 only`.
   * @param size the number of engines: nothing is said of a variable that lives on all. Defaults to 0, not known
   */
  describe(name: string, size = 0): string | undefined {
    const ranks = this.#ranks.get(name);
    if (!ranks || (size > 0 && ranks.size >= size)) return undefined;
    if (ranks.size === 0) return 'is gone since its engine was restarted';
    const list = [...ranks].sort((a, b) => a - b).join(', ');
    return `lives on ${ranks.size === 1 ? 'rank' : 'ranks'} ${list} only`;
  }
}

const PREFIX = '__type_of_';

/**
 * Two files to put between a cell and the earlier ones, so that the names may be undefined: the first one keeps the types
 * as they were, the second one declares the names anew.
 */
export function partialDeclarations(
  cell: BoundFile,
  names: readonly string[]
): readonly [string, string] {
  const types = names.map(name => `type ${PREFIX}${name} = typeof ${name};`);
  const values = names.map(name => {
    const keyword = isConstant(declarationAbove(cell, name)) ? 'const' : 'let';
    return `declare ${keyword} ${name}: ${PREFIX}${name} | undefined;`;
  });
  return [types.join('\n'), values.join('\n')];
}

/** A statement that gives the names a value where they have none; no line breaks. */
export function defineAbsent(names: readonly string[]): string {
  return names
    .map(name => `if (typeof ${name} === 'undefined') globalThis.${name} = undefined;`)
    .join('');
}

function isConstant(symbol: ts.Symbol | undefined): boolean {
  const declaration = symbol?.valueDeclaration;
  if (!declaration) return false;
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/** Whether two declarations have the same type, as a reader sees it. */
export function isSameType(checker: ts.TypeChecker, a: ts.Symbol, b: ts.Symbol): boolean {
  const [typeOfA, typeOfB] = [a, b].map(symbol =>
    checker.typeToString(
      checker.getTypeOfSymbol(symbol),
      undefined,
      ts.TypeFormatFlags.NoTruncation
    )
  );
  return typeOfA === typeOfB;
}

/** "Possibly undefined" in all its forms: of a name, of an object, of an operand, of what is called. */
const undefinedCodes = new Set([
  18048, 18049, 2531, 2532, 2533, 2721, 2722, 2723, 2322, 2345, 2362, 2363, 2365
]);

/** A complaint about a name that some ranks lack says which ranks have it. */
export function withHomes(finding: Finding, absent: readonly string[], homes: Homes): Finding {
  if (absent.length === 0 || !undefinedCodes.has(Number(finding.code.slice(2)))) return finding;
  const { file, start, length } = finding;
  const text = file.text.slice(start, start + length);
  const words = text.match(/(?<![.\p{L}\p{N}_$])[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  const name = words.find(word => absent.includes(word));
  const reason = homes.describe(name ?? '');
  return reason ? { ...finding, message: `${finding.message} – ${name} ${reason}` } : finding;
}

/** Whether a name stands for a value that a process holds, and not for a type only. */
export function isValue(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target.flags & ts.SymbolFlags.Value) !== 0;
}
