/** Compiles the cells of a notebook, one after the other, each in the scope that the earlier ones left. */
import { join } from 'node:path';

import type ts from '#tsover';

import { emitAsTyped } from './as-typed.js';
import { findPitfalls } from './checks.js';
import { complete, isComplete } from './complete.js';
import { type Finding, findErrors, toCellError } from './diagnostics.js';
import { type Emitted, emitCell } from './emit.js';
import {
  defineAbsent,
  Homes,
  isSameType,
  isValue,
  partialDeclarations,
  withHomes
} from './homes.js';
import { inspect } from './hover.js';
import type { BoundFile } from './internals.js';
import { compileModules, loadStatement } from './local-files.js';
import { header } from './options.js';
import { CellProgram } from './program.js';
import { namesOf } from './repeated.js';
import { declarationAbove, isDeclared, Scopes } from './scopes.js';
import { placeName } from './unknown-names.js';
import { valueType } from './value-type.js';
import type {
  CompileResult,
  CompletenessResult,
  CompletionResult,
  InspectOptions,
  InspectResult,
  Scope
} from './types.js';

export class CellCompiler {
  readonly #cwd: string;
  readonly #cells: CellProgram;
  readonly #scopes = new Scopes();
  readonly #homes = new Homes();
  #count = 0;

  /** @param options.cwd the notebook's folder; relative imports start here */
  constructor({ cwd }: { cwd: string }) {
    this.#cwd = cwd;
    this.#cells = new CellProgram(cwd);
  }

  /**
   * Checks and compiles a cell. A cell with errors is not run, and leaves no names.
   * @param name shown in errors, e.g. `cell 3`
   * @param ranks of the engines that it is for. Defaults to all
   */
  compile(scope: Scope, source: string, name: string, ranks?: readonly number[]): CompileResult {
    const file = this.#open(scope, source);
    const above = file.parent;
    const absent = scope === 'engines' && ranks ? this.#homes.absentOn(ranks, file) : [];
    if (absent.length > 0) file.parent = this.#partial(file, absent);
    this.#cells.settleSigns(this.#cells.localFiles(file).map(({ fileName }) => fileName));
    const locals = this.#cells.localFiles(file);
    const findings = this.#findings([...locals, file], absent).map(finding =>
      finding.file === file ? this.#placed(finding, scope) : finding
    );
    if (findings.length > 0)
      return { status: 'error', error: toCellError(findings, name, file, this.#cwd) };
    const { js, map } = this.#emit(file);
    const modules = compileModules(this.#cells, locals, { cwd: this.#cwd, isStoppable: true });
    const first = defineAbsent(absent) + loadStatement(modules);
    file.parent = above;
    this.#add(scope, file, ranks);
    // The first line holds only a directive: what is added there moves no line of the cell.
    const cell = { name, js: js.replace('\n', () => `${first}\n`), map };
    return { status: 'ok', cell, names: namesOf(file, this.#cells.importsOf(file).length > 0) };
  }

  /** Names that fit at `cursor` (an offset in UTF-16 units, as JavaScript counts). */
  complete(scope: Scope, source: string, cursor: number): CompletionResult {
    return complete(this.#cells, this.#open(scope, source), cursor);
  }

  /**
   * Type and documentation of the name at `cursor`, as Markdown, and on which engines it lives if some lack it; null if
   * there is none.
   */
  inspect(
    scope: Scope,
    source: string,
    cursor: number,
    { isDetailed = false, size = 0 }: InspectOptions = {}
  ): InspectResult | null {
    const found = inspect(this.#cells, this.#open(scope, source), { cursor, isDetailed });
    const word = /(?<!\.)\b[\p{L}_$][\p{L}\p{N}_$]*$/u.exec(
      source.slice(0, wordEnd(source, cursor))
    );
    const home = scope === 'engines' && word ? this.#homes.describe(word[0], size) : undefined;
    return found && home ? { text: `${found.text}\n\n${word?.[0]} ${home}.` } : found;
  }

  /** The type of the last line's value, in words that another cell can be told. */
  valueType(scope: Scope, source: string): string {
    return valueType(this.#open(scope, source), this.#cells.checker);
  }

  /** Whether a console should run `source` or wait for more lines. */
  isComplete(source: string): CompletenessResult {
    return isComplete(source);
  }

  /**
   * Makes names known that did not come from a cell, e.g. variables pushed to engines.
   * @param types the TypeScript type of each name, e.g. `{ x: 'Float64Array' }`
   * @param ranks of the engines that have them. Defaults to all
   */
  declare(scope: Scope, types: Readonly<Record<string, string>>, ranks?: readonly number[]): void {
    const source = Object.entries(types).map(([name, type]) => `declare let ${name}: ${type};`);
    this.#add(scope, this.#open(scope, source.join('\n')), ranks);
  }

  /** Forgets that a rank has any variables, because its process was replaced. */
  dropRank(rank: number): void {
    this.#homes.removeRank(rank);
  }

  /** Forgets all names of a scope, because the process that held the values has ended. */
  dropAll(scope: Scope): void {
    this.#scopes.clear(scope);
    if (scope === 'engines') this.#homes.clear();
  }

  /** Whether a pause is a good time to call `refresh`. */
  get isStale(): boolean {
    return this.#cells.isStale;
  }

  /** Frees what the type checker remembers of earlier cells; what they declared stays known. */
  refresh(): void {
    this.#cells.refresh();
  }

  #emit(file: BoundFile): Emitted {
    const js = emitAsTyped(file, this.#cells.checker);
    return js === undefined ? emitCell(this.#cells.program, file) : { js, map: '' };
  }

  #findings(files: readonly ts.SourceFile[], absent: readonly string[]): Finding[] {
    const { program, checker } = this.#cells;
    const errors = files.flatMap(file => findErrors(program, file));
    if (errors.length === 0) return files.flatMap(file => findPitfalls(file, checker));
    return errors.map(finding => withHomes(finding, absent, this.#homes));
  }

  /** An unknown name that the other side knows is said to be there. */
  #placed(finding: Finding, scope: Scope): Finding {
    const other = this.#scopes.newest(scope === 'client' ? 'engines' : 'client');
    return placeName(finding, scope, name => other !== undefined && isDeclared(other, name));
  }

  #add(scope: Scope, file: BoundFile, ranks: readonly number[] | undefined): void {
    if (scope === 'engines') {
      for (const [name, symbol] of file.locals) {
        if (!isValue(symbol, this.#cells.checker)) continue;
        const before = declarationAbove(file, name);
        const keepsOthers = before !== undefined && isSameType(this.#cells.checker, before, symbol);
        this.#homes.add(name, ranks, keepsOthers);
      }
    }
    this.#scopes.add(scope, file);
  }

  /** Files between a cell and the earlier ones in which some names may be undefined. */
  #partial(file: BoundFile, names: readonly string[]): BoundFile {
    const [types, values] = partialDeclarations(file, names);
    const kept = this.#cells.open(this.#newName(), header + types, file.parent);
    return this.#cells.open(this.#newName(), header + values, kept);
  }

  #newName(): string {
    return join(this.#cwd, `.decentlab-cell-${++this.#count}.ts`);
  }

  #open(scope: Scope, source: string): BoundFile {
    return this.#cells.open(this.#newName(), header + source, this.#scopes.newest(scope));
  }
}

function wordEnd(source: string, cursor: number): number {
  return cursor + (/^[\p{L}\p{N}_$]*/u.exec(source.slice(cursor))?.[0].length ?? 0);
}
