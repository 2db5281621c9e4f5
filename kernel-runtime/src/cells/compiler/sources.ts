/** The files of the program: declarations are read once, the author's own files again when they have changed. */
import { statSync } from 'node:fs';

import ts from '#tsover';

import { packageRoot } from '../../package.js';
import { withoutDocs } from './docs.js';
import { header } from './options.js';
import { applySigns, findSigns, type Signs } from './signs.js';

const sharedMemoryLibrary = 'lib.es2017.sharedmemory.d.ts';

export class Sources {
  /** Files that are nowhere on disk. */
  readonly #texts = new Map<string, string>();
  readonly #files = new Map<string, ts.SourceFile>();
  /** The author's files, and when each was written. */
  readonly #own = new Map<string, number>();
  readonly #signs = new Map<string, Signs>();
  /** Files in which no sign is left to be found. */
  readonly #settled = new WeakSet<ts.SourceFile>();

  /** Gives a file that is nowhere on disk its text. */
  set(name: string, text: string): void {
    this.#texts.set(name, text);
    this.#files.delete(name);
  }

  has(name: string): boolean {
    return this.#texts.has(name);
  }

  text(name: string): string | undefined {
    return this.#texts.get(name) ?? ts.sys.readFile(name);
  }

  /** The parsed file, or undefined if there is none. */
  read(name: string): ts.SourceFile | undefined {
    const known = this.#files.get(name);
    if (known) return known;
    const text = this.text(name);
    if (text === undefined) return undefined;
    const isOwn = !this.#texts.has(name) && isOwnFile(name);
    if (isOwn) this.#own.set(name, modifiedAt(name));
    const options = isLocalSource(name) ? ts.ScriptTarget.ES2022 : withoutDocs;
    const file = ts.createSourceFile(
      name,
      isOwn ? ownText(name, text) : adapt(name, text),
      options
    );
    applySigns(file, this.#signs.get(name) ?? new Set());
    this.#files.set(name, file);
    return file;
  }

  /** Reads a file anew with the signs of vectors that were found in it; false if there are no new ones. */
  addSigns(file: ts.SourceFile, checker: ts.TypeChecker): boolean {
    if (this.#settled.has(file)) return false;
    const found = findSigns(file, checker);
    if (found.size === 0) {
      this.#settled.add(file);
      return false;
    }
    this.#signs.set(file.fileName, new Set([...(this.#signs.get(file.fileName) ?? []), ...found]));
    this.#files.delete(file.fileName);
    return true;
  }

  /** Forgets the author's files that have changed; true if there are any. */
  forgetChanged(): boolean {
    const changed = [...this.#own].filter(([name, modified]) => modified !== modifiedAt(name));
    for (const [name] of changed) {
      this.#own.delete(name);
      this.#signs.delete(name);
      this.#files.delete(name);
    }
    return changed.length > 0;
  }
}

/** A TypeScript file of the notebook's author, as opposed to a declaration or a package. */
export function isLocalSource(name: string): boolean {
  return (
    /\.[cm]?tsx?$/.test(name) && !/\.d\.[cm]?ts$/.test(name) && !name.includes('/node_modules/')
  );
}

/** The specifiers that a file imports, dynamic imports of a literal included. */
export function importsIn(file: ts.SourceFile): string[] {
  // Only a scan of the whole text finds `import('…')`.
  if (/\bimport\s*\(/.test(file.text))
    return ts.preProcessFile(file.text, true, false).importedFiles.map(({ fileName }) => fileName);
  return file.statements.flatMap(statement => {
    const isImport = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
    const specifier = isImport ? statement.moduleSpecifier : undefined;
    return specifier && ts.isStringLiteral(specifier) ? [specifier.text] : [];
  });
}

function isOwnFile(name: string): boolean {
  return !name.includes('/node_modules/') && !name.startsWith(packageRoot);
}

function ownText(name: string, text: string): string {
  return isLocalSource(name) ? header + text : text;
}

function adapt(name: string, text: string): string {
  // A vector over shared memory is the same type as any other: `x = add(x, y)` must not depend on where x came from.
  return name.endsWith(sharedMemoryLibrary)
    ? text.replace(/interface ArrayBufferTypes \{[^}]*\}/, '')
    : text;
}

function modifiedAt(name: string): number {
  return statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
