/** Type errors of a cell, as text with the cell's own lines. */
import ts from '#tsover';

import type { BoundFile, OperatorChecker } from './internals.js';
import { wrongOperand } from './operands.js';
import { header } from './options.js';
import type { CellError } from './types.js';

/** The "implicitly any" family: asking a student for more annotations finds no mistake. */
const isImplicitAny = (code: number): boolean => code >= 7000 && code < 8000 && code !== 7016;

/** A package without type declarations is usable as `any`. */
const UNTYPED_MODULE = 7016;

const promiseMisused =
  /^(Argument of type|Type|Property '[^']*' does not exist on type|Operator '[^']*' cannot be applied to types) '?.*\bPromise</;
const awaitHint = 'did you forget `await`?';

/** A complaint about a place in a file. */
export interface Finding {
  readonly file: ts.SourceFile;
  readonly start: number;
  readonly length: number;
  /** As TypeScript numbers it, e.g. `TS2322`; empty for our own. */
  readonly code: string;
  readonly message: string;
}

/** All complaints of the compiler about a file that matter in a notebook. */
export function findErrors(program: ts.Program, file: ts.SourceFile): Finding[] {
  const syntactic = program.getSyntacticDiagnostics(file);
  if (syntactic.length > 0 && isJsx(file)) return [jsxFinding(syntactic[0], file)];
  const found = syntactic.length > 0 ? syntactic : program.getSemanticDiagnostics(file);
  const relevant = found
    .filter(
      ({ code, category }) => category === ts.DiagnosticCategory.Error && !isImplicitAny(code)
    )
    .filter(({ code }) => code !== UNTYPED_MODULE);
  return withOperands(relevant, file, program.getTypeChecker());
}

/** Whether a text that is no TypeScript would be TypeScript with JSX. */
function isJsx({ text }: ts.SourceFile): boolean {
  if (!/<\/?[A-Za-z>]/.test(text)) return false;
  const file = ts.createSourceFile(
    'cell.tsx',
    text,
    ts.ScriptTarget.ES2022,
    false,
    ts.ScriptKind.TSX
  );
  const { parseDiagnostics } = file as BoundFile;
  return parseDiagnostics.length === 0;
}

function jsxFinding({ start = 0 }: ts.Diagnostic, file: ts.SourceFile): Finding {
  const message = 'Cells know no JSX. Write html`<b>text</b>` for HTML, svg`…` for a picture.';
  return { file, start, length: 1, code: '', message };
}

/** An operation with a vector and a wrong operand is one finding, at that operand. */
function withOperands(
  diagnostics: readonly ts.Diagnostic[],
  file: ts.SourceFile,
  checker: OperatorChecker
): Finding[] {
  const explained = new Set<ts.Node>();
  return diagnostics.flatMap(diagnostic => {
    const wrong = wrongOperand(diagnostic, file, checker);
    if (!wrong) return [toFinding(diagnostic, file)];
    const { operation, operand, message } = wrong;
    if (explained.has(operation)) return [];
    explained.add(operation);
    const start = operand.getStart(file);
    const length = operand.end - start;
    return [{ file, start, length, code: `TS${diagnostic.code}`, message }];
  });
}

function toFinding(diagnostic: ts.Diagnostic, file: ts.SourceFile): Finding {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
  const related = diagnostic.relatedInformation?.some(({ messageText }) =>
    String(messageText).includes("'await'")
  );
  const firstLine = text.split('\n', 1)[0];
  const forgotten =
    related ||
    (promiseMisused.test(firstLine) && !/to (parameter of )?type '[^']*Promise</.test(firstLine));
  return {
    file,
    start: diagnostic.start ?? 0,
    length: diagnostic.length ?? 1,
    code: `TS${diagnostic.code}`,
    message: forgotten ? `${text} – ${awaitHint}` : text
  };
}

/** The error that the notebook shows; `name` is the cell's, e.g. `cell 3`. */
export function toCellError(
  findings: readonly Finding[],
  name: string,
  cell: ts.SourceFile,
  cwd: string
): CellError {
  const blocks = findings.map(finding => {
    const place = finding.file === cell ? name : relativeName(finding.file.fileName, cwd);
    return describe(finding, place);
  });
  const isSyntax = findings.every(({ code }) => /^TS1\d{3}$/.test(code));
  return {
    name: isSyntax ? 'SyntaxError' : 'TypeScriptError',
    message: [...new Set(findings.map(({ message }) => message.split('\n', 1)[0]))].join('; '),
    traceback: blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))
  };
}

function describe(finding: Finding, place: string): string[] {
  const text = bodyOf(finding.file);
  const shift = finding.file.text.length - text.length;
  const start = Math.max(0, finding.start - shift);
  const before = text.slice(0, start).split('\n');
  const line = before.length;
  const column = before[before.length - 1].length + 1;
  const [first, ...rest] = finding.message.split('\n');
  return [
    `${place}:${line}:${column} - error${finding.code && ` ${finding.code}`}: ${first}`,
    ...rest,
    ...codeFrame(text, line, column, finding.length)
  ];
}

/** The line of `text` with a mark below the columns meant; lines and columns count from 1. */
function codeFrame(text: string, line: number, column: number, length: number): string[] {
  const source = text.split('\n')[line - 1] ?? '';
  const gutter = `${line} | `;
  const width = Math.max(1, Math.min(length, source.length - column + 1));
  return ['', gutter + source, ' '.repeat(gutter.length + column - 1) + '~'.repeat(width)];
}

/** The text of a file as its author typed it. */
export function bodyOf(file: ts.SourceFile): string {
  return file.text.startsWith(header) ? file.text.slice(header.length) : file.text;
}

function relativeName(fileName: string, cwd: string): string {
  return fileName.startsWith(`${cwd}/`) ? fileName.slice(cwd.length + 1) : fileName;
}
