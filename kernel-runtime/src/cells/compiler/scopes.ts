/** The cells behind each scope, newest first: name lookup walks from a cell to its `parent`. */
import ts from '#tsover';

import type { BoundFile } from './internals.js';
import type { Scope } from './types.js';

export class Scopes {
  readonly #newest = new Map<Scope, BoundFile>();

  /** The newest cell that declares names, or undefined. */
  newest(scope: Scope): BoundFile | undefined {
    return this.#newest.get(scope);
  }

  /** Adds a cell; cells that nobody can refer to any more are let go. */
  add(scope: Scope, cell: BoundFile): void {
    if (cell.locals.size === 0) return;
    this.#newest.set(scope, cell);
    const younger: BoundFile[] = [cell];
    for (let older = cell.parent; isCell(older); older = older.parent) {
      const nearest = younger[younger.length - 1];
      if (isSuperseded(older, younger)) nearest.parent = older.parent;
      else younger.push(older);
    }
  }

  /** Forgets all cells of a scope. */
  clear(scope: Scope): void {
    this.#newest.delete(scope);
  }
}

/** What the cells before `cell` have declared a name to be, if they have. */
export function declarationAbove(cell: BoundFile, name: string): ts.Symbol | undefined {
  for (let older = cell.parent; isCell(older); older = older.parent) {
    const symbol = older.locals.get(name);
    if (symbol) return symbol;
  }
  return undefined;
}

/** Whether `newest` or a cell before it has declared a name. */
export function isDeclared(newest: BoundFile, name: string): boolean {
  return newest.locals.has(name) || declarationAbove(newest, name) !== undefined;
}

function isCell(file: ts.SourceFile | undefined): file is BoundFile {
  // The chain ends at the prelude, which belongs to the program and has no parent.
  return (file as BoundFile | undefined)?.parent !== undefined;
}

/** Whether each name of a cell was declared anew before any later cell mentioned it. */
function isSuperseded(cell: BoundFile, younger: readonly BoundFile[]): boolean {
  const oldestFirst = [...younger].reverse();
  return [...cell.locals].every(([name, symbol]) => {
    const first = oldestFirst.find(({ identifiers }) => identifiers.has(name));
    const anew = first?.locals.get(name);
    return anew !== undefined && meanings(symbol).every(meaning => (anew.flags & meaning) !== 0);
  });
}

/** A name may stand for a value, for a type and for a namespace: a type does not hide a value. */
function meanings({ flags }: ts.Symbol): ts.SymbolFlags[] {
  const { Alias, Value, Type, Namespace } = ts.SymbolFlags;
  // An import may stand for any of them.
  return [Value, Type, Namespace].filter(meaning => flags & (meaning | Alias));
}
