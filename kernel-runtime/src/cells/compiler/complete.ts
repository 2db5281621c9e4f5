/** Completion and completeness of a cell that is being typed. */
import ts from '#tsover';

import { internals } from './internals.js';
import { header } from './options.js';
import type { CellProgram } from './program.js';
import type { CompletenessResult, CompletionResult } from './types.js';

const INDENT = '  ';
const hidden = /^(\$|__)/;

/** The names that fit at `cursor` in the cell `file`, which is opened in its scope. */
export function complete(
  cells: CellProgram,
  file: ts.SourceFile,
  cursor: number
): CompletionResult {
  const source = file.text.slice(header.length);
  const start = cursor - (/[\p{L}\p{N}_$]*$/u.exec(source.slice(0, cursor))?.[0].length ?? 0);
  const prefix = source.slice(start, cursor);
  const found = withPrefix(cells.checker, prefix, () =>
    completionsAt(cells, file, header.length + cursor)
  );
  const entries = (found?.entries ?? [])
    .filter(
      ({ name, kind }) => name.startsWith(prefix) && !hidden.test(name) && isWanted(kind, prefix)
    )
    .sort((a, b) => a.sortText.localeCompare(b.sortText) || a.name.localeCompare(b.name));
  return {
    matches: entries.map(({ name }) => name),
    types: entries.map(({ kind }) => kind),
    start,
    end: cursor
  };
}

function completionsAt(
  cells: CellProgram,
  file: ts.SourceFile,
  position: number
): ts.CompletionInfo | undefined {
  const host = {
    getCompilationSettings: () => cells.options,
    getCurrentDirectory: () => cells.program.getCurrentDirectory(),
    fileExists: ts.sys.fileExists
  };
  const log = (): void => {};
  const { getCompletionsAtPosition } = internals.Completions;
  return getCompletionsAtPosition(host, cells.program, log, file, position, {});
}

/** Describing a thousand globals, or fifty members, is most of the work: those that do not fit are left out before. */
function withPrefix<T>(checker: ts.TypeChecker, prefix: string, work: () => T): T {
  const { getSymbolsInScope: inScope, getAugmentedPropertiesOfType: ofType } = checker;
  const fits = ({ name }: ts.Symbol): boolean => name.startsWith(prefix);
  checker.getSymbolsInScope = (location, meaning) => inScope(location, meaning).filter(fits);
  checker.getAugmentedPropertiesOfType = type => ofType(type).filter(fits);
  try {
    return work();
  } finally {
    checker.getSymbolsInScope = inScope;
    checker.getAugmentedPropertiesOfType = ofType;
  }
}

function isWanted(kind: ts.ScriptElementKind, prefix: string): boolean {
  if (kind === ts.ScriptElementKind.warning) return false;
  return kind !== ts.ScriptElementKind.keyword || prefix.length > 0;
}

/** Whether Enter should run the cell or open another line, for consoles. */
export function isComplete(source: string): CompletenessResult {
  const file = ts.createSourceFile('cell.ts', header + source, ts.ScriptTarget.ES2022);
  const errors = (file as unknown as { parseDiagnostics: readonly ts.Diagnostic[] })
    .parseDiagnostics;
  if (errors.length === 0) return { status: 'complete', indent: '' };
  const end = header.length + source.trimEnd().length;
  const [first] = errors;
  const isOpen =
    unterminated.has(first.code) ||
    ((first.start ?? 0) >= end && first.code !== UNTERMINATED_STRING);
  return isOpen
    ? { status: 'incomplete', indent: INDENT.repeat(openBrackets(source)) }
    : { status: 'invalid', indent: '' };
}

const UNTERMINATED_STRING = 1002;
/** A template or a comment that the source's end cuts off. */
const unterminated = new Set([1160, 1010]);

function openBrackets(source: string): number {
  const scanner = ts.createScanner(
    ts.ScriptTarget.ES2022,
    true,
    ts.LanguageVariant.Standard,
    source
  );
  let open = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (isOpening(token)) open++;
    else if (isClosing(token)) open--;
  }
  return Math.max(0, open);
}

function isOpening(token: ts.SyntaxKind): boolean {
  const { OpenBraceToken, OpenParenToken, OpenBracketToken } = ts.SyntaxKind;
  return token === OpenBraceToken || token === OpenParenToken || token === OpenBracketToken;
}

function isClosing(token: ts.SyntaxKind): boolean {
  const { CloseBraceToken, CloseParenToken, CloseBracketToken } = ts.SyntaxKind;
  return token === CloseBraceToken || token === CloseParenToken || token === CloseBracketToken;
}
