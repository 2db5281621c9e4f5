/**
 * Every top-level name of a cell becomes a `let`: V8's REPL mode lets a later cell declare a name anew only as what it was,
 * and here a function may become a constant and a constant a class. TypeScript has checked who assigns to a constant.
 */
import ts from '#tsover';

import { isJoin } from './traced-bodies.js';

const { factory } = ts;

/** Runs after TypeScript's own transformations, on plain JavaScript. */
export function hoistFunctions(file: ts.SourceFile): ts.SourceFile {
  const functions: ts.Statement[] = [];
  const others: ts.Statement[] = [];
  const declared = new Set<string>();
  const statements = file.statements.filter(
    statement => !isHeader(statement) && !ts.isEmptyStatement(statement)
  );
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name && statement.body) {
      functions.push(functionToLet(statement, statement.name));
    } else if (isJoin(statement)) {
      functions.push(statement);
    } else {
      others.push(toLet(statement, declared));
    }
  }
  const last = statements.filter(statement => !isJoin(statement)).at(-1);
  const strict = factory.createExpressionStatement(factory.createStringLiteral('use strict', true));
  // Only an expression in the last place is the value of the cell, not a loop's last turn or a directive.
  const noValue =
    last && ts.isExpressionStatement(last)
      ? []
      : [factory.createExpressionStatement(factory.createVoidZero())];
  const all = factory.createNodeArray([strict, ...functions, ...others, ...noValue]);
  return factory.updateSourceFile(file, ts.setTextRange(all, file.statements));
}

/** Whether a statement is of the line that stands above each file. */
export function isHeader(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return true;
  if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression))
    return false;
  return statement.expression.text === 'use tsover';
}

function functionToLet(node: ts.FunctionDeclaration, name: ts.Identifier): ts.Statement {
  const { modifiers, asteriskToken, parameters, body } = node;
  const asyncOnly = modifiers?.filter(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) as
    ts.Modifier[] | undefined;
  const value = factory.createFunctionExpression(
    asyncOnly,
    asteriskToken,
    undefined,
    undefined,
    parameters,
    undefined,
    body!
  );
  return letValue(name, value, node);
}

function toLet(statement: ts.Statement, declared: Set<string>): ts.Statement {
  if (ts.isClassDeclaration(statement) && statement.name) {
    const { modifiers, name, heritageClauses, members } = statement;
    return letValue(
      name,
      factory.createClassExpression(modifiers, name, undefined, heritageClauses, members),
      statement
    );
  }
  if (!ts.isVariableStatement(statement)) return statement;
  const { declarations, flags } = statement.declarationList;
  const scope = (flags & ts.NodeFlags.BlockScoped) as ts.NodeFlags;
  if (scope === ts.NodeFlags.Using) return statement;
  const names = declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
  // `var` may stand twice in a cell.
  if (names.some(name => declared.has(name))) return assignments(declarations, statement);
  for (const name of names) if (name) declared.add(name);
  return letStatement(declarations, statement);
}

/** `var x = 1` for an `x` that is there already. */
function assignments(
  declarations: readonly ts.VariableDeclaration[],
  original: ts.Statement
): ts.Statement {
  const statements = declarations.flatMap(({ name, initializer }) =>
    initializer && ts.isIdentifier(name)
      ? [factory.createExpressionStatement(factory.createAssignment(name, initializer))]
      : []
  );
  return ts.setTextRange(ts.setOriginalNode(factory.createBlock(statements), original), original);
}

function letValue(name: ts.Identifier, value: ts.Expression, original: ts.Node): ts.Statement {
  ts.setTextRange(ts.setOriginalNode(value, original), original);
  ts.setEmitFlags(value, ts.EmitFlags.NoComments);
  return letStatement(
    [factory.createVariableDeclaration(name, undefined, undefined, value)],
    original
  );
}

function letStatement(
  declarations: readonly ts.VariableDeclaration[],
  original: ts.Node
): ts.Statement {
  const list = factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let);
  const statement = factory.createVariableStatement(undefined, list);
  return ts.setTextRange(ts.setOriginalNode(statement, original), original);
}
