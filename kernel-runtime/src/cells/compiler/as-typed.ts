/** Cells that are JavaScript as they stand: they run as typed, which needs neither a printer nor a source map. */
import ts from '#tsover';

import { isHeader } from './hoist.js';
import type { BoundFile, OperatorChecker } from './internals.js';
import { binary, compound, needsCall } from './operators.js';
import { header } from './options.js';

const { SyntaxKind } = ts;

/** Nothing is done about these: no type, loop, function, `await` or import is among them. */
const plainKinds = new Set<ts.SyntaxKind>([
  SyntaxKind.ExpressionStatement,
  SyntaxKind.VariableStatement,
  SyntaxKind.VariableDeclarationList,
  SyntaxKind.VariableDeclaration,
  SyntaxKind.NumericLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateExpression,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateSpan,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
  SyntaxKind.TaggedTemplateExpression,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.NullKeyword,
  SyntaxKind.Identifier,
  SyntaxKind.PropertyAccessExpression,
  SyntaxKind.ElementAccessExpression,
  SyntaxKind.CallExpression,
  SyntaxKind.NewExpression,
  SyntaxKind.ParenthesizedExpression,
  SyntaxKind.PrefixUnaryExpression,
  SyntaxKind.PostfixUnaryExpression,
  SyntaxKind.BinaryExpression,
  SyntaxKind.ConditionalExpression,
  SyntaxKind.ArrayLiteralExpression,
  SyntaxKind.SpreadElement,
  SyntaxKind.ObjectLiteralExpression,
  SyntaxKind.PropertyAssignment,
  SyntaxKind.ShorthandPropertyAssignment,
  SyntaxKind.SpreadAssignment
]);

/** A bit of TypeScript's transform flags: something below the node is no JavaScript. */
const CONTAINS_TYPESCRIPT = 1;

/** In a script, as opposed to a module, this begins a comment. */
const HTML_COMMENT = '<!--';

/**
 * The cell below a line of ours, each character in its place, except that top-level constants become `let` as in every
 * cell; undefined if anything else has to change.
 */
export function emitAsTyped(file: BoundFile, checker: OperatorChecker): string | undefined {
  const { text, transformFlags } = file;
  if ((transformFlags & CONTAINS_TYPESCRIPT) !== 0 || text.includes(HTML_COMMENT)) return undefined;
  // The first two are the header's.
  const statements = file.statements.slice(2);
  if (!statements.every(statement => !isHeader(statement) && isPlain(statement, checker)))
    return undefined;
  const last = statements.at(-1);
  const noValue = last && ts.isExpressionStatement(last) ? '' : ';void 0;\n';
  return `'use strict';\n${withLet(file, statements)}\n${noValue}`;
}

function isPlain(node: ts.Node, checker: OperatorChecker): boolean {
  if (!isPlainToken(node) && !plainKinds.has(node.kind)) return false;
  if (ts.isBinaryExpression(node) && isOperation(node, checker)) return false;
  if (ts.isVariableDeclarationList(node) && !isLexical(node)) return false;
  const isAccess = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  // A member of a `const enum` exists in the compiler only.
  if (isAccess && checker.getConstantValue(node) !== undefined) return false;
  return !ts.forEachChild(node, child => !isPlain(child, checker));
}

/** Operators, `?.`, `?` and `:`, which are nodes of their own. */
function isPlainToken({ kind }: ts.Node): boolean {
  return kind >= SyntaxKind.FirstPunctuation && kind <= SyntaxKind.LastPunctuation;
}

function isOperation(node: ts.BinaryExpression, checker: OperatorChecker): boolean {
  const { kind } = node.operatorToken;
  return (binary.has(kind) || compound.has(kind)) && needsCall(node, checker);
}

/** `var` may stand twice in a cell, and `using` is more than a declaration. */
function isLexical({ flags }: ts.VariableDeclarationList): boolean {
  const scope = (flags & ts.NodeFlags.BlockScoped) as ts.NodeFlags;
  return scope === ts.NodeFlags.Let || scope === ts.NodeFlags.Const;
}

function withLet(file: BoundFile, statements: readonly ts.Statement[]): string {
  let text = file.text;
  for (const statement of statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const start = statement.getStart(file);
    // Of the same length, so that nothing moves.
    if (text.startsWith('const', start))
      text = `${text.slice(0, start)}let  ${text.slice(start + 5)}`;
  }
  return text.slice(header.length);
}
