/**
 * Every top-level name of a cell becomes a `let`, `const` or `class`, which V8's REPL mode lets later cells declare anew.
 * A `function` or `var` would be a property of the global object, and `const f` after `function f` an error for ever.
 */
import ts from 'tsover';

const { factory } = ts;

/** Runs after TypeScript's own transformations, on plain JavaScript. */
export function hoistFunctions(file: ts.SourceFile): ts.SourceFile {
  const functions: ts.Statement[] = [];
  const others: ts.Statement[] = [];
  const declared = new Set<string>();
  for (const statement of file.statements) {
    if (isHeader(statement)) continue;
    if (ts.isFunctionDeclaration(statement) && statement.name && statement.body) {
      functions.push(functionToLet(statement, statement.name));
    } else {
      others.push(varToLet(statement, declared));
    }
  }
  // The completion value of a leading string would otherwise be the value of a cell that only declares.
  const strict = [
    factory.createExpressionStatement(factory.createStringLiteral('use strict', true)),
    factory.createExpressionStatement(factory.createVoidZero())
  ];
  return factory.updateSourceFile(
    file,
    ts.setTextRange(factory.createNodeArray([...strict, ...functions, ...others]), file.statements)
  );
}

function isHeader(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return true;
  return (
    ts.isExpressionStatement(statement) &&
    ts.isStringLiteral(statement.expression) &&
    statement.expression.text === 'use tsover'
  );
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
  ts.setTextRange(ts.setOriginalNode(value, node), node);
  ts.setEmitFlags(value, ts.EmitFlags.NoComments);
  return letStatement([factory.createVariableDeclaration(name, undefined, undefined, value)], node);
}

function varToLet(statement: ts.Statement, declared: Set<string>): ts.Statement {
  if (!ts.isVariableStatement(statement)) return statement;
  const { declarations, flags } = statement.declarationList;
  if ((flags & ts.NodeFlags.BlockScoped) !== 0) return statement;
  const names = declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
  if (names.some(name => declared.has(name))) return statement;
  for (const name of names) if (name) declared.add(name);
  return letStatement(declarations, statement);
}

function letStatement(
  declarations: readonly ts.VariableDeclaration[],
  original: ts.Node
): ts.Statement {
  const list = factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let);
  const statement = factory.createVariableStatement(undefined, list);
  return ts.setTextRange(ts.setOriginalNode(statement, original), original);
}
