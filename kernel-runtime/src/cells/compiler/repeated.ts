/** Cells that declare nothing compile to the same when they come again, until a name that they mention changes. */
import type { BoundFile } from './internals.js';
import type { CellNames, CompiledCell, Scope } from './types.js';

const REMEMBERED_CELLS = 200;
/** A cell that mentions more is long: it is not what somebody runs again and again. */
const MAX_NAMES = 100;

/** The cell that is asked for. */
export interface Asked {
  readonly scope: Scope;
  readonly source: string;
  readonly ranks: readonly number[] | undefined;
}

/** What a compiled cell declares and mentions. @param isImporting an import may change what any name means */
export function namesOf({ locals, identifiers }: BoundFile, isImporting: boolean): CellNames {
  const declared = isImporting ? null : [...locals.keys()];
  const isRepeatable = declared?.length === 0 && identifiers.size <= MAX_NAMES;
  return { declared, mentioned: isRepeatable ? [...identifiers.keys()] : null };
}

/** The cells that need no second compilation. */
export class RepeatedCells {
  readonly #cells = new Map<string, { readonly cell: CompiledCell; readonly names: Set<string> }>();

  /** The compiled cell, under the name that it has this time; undefined if it has to be compiled. */
  find(asked: Asked, name: string): CompiledCell | undefined {
    const known = this.#cells.get(keyOf(asked));
    return known && { ...known.cell, name };
  }

  /** A cell was compiled: it is kept if it may be repeated, and those that mention what it declares are forgotten. */
  compiled(asked: Asked, cell: CompiledCell, { declared, mentioned }: CellNames): void {
    if (declared === null) return this.clear();
    for (const [key, { names }] of this.#cells)
      if (declared.some(name => names.has(name))) this.#cells.delete(key);
    if (mentioned === null) return;
    this.#cells.set(keyOf(asked), { cell, names: new Set(mentioned) });
    const [oldest] = this.#cells.keys();
    if (this.#cells.size > REMEMBERED_CELLS) this.#cells.delete(oldest);
  }

  /** Names have changed by other ways than cells. */
  clear(): void {
    this.#cells.clear();
  }
}

function keyOf({ scope, source, ranks }: Asked): string {
  return `${scope} ${ranks?.join(',') ?? 'all'}\n${source}`;
}
