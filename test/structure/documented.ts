/** Finds files without a purpose line, and exported functions without a doc comment. */
import ts from 'typescript';

/** Names, with their lines, of exported functions that have no doc comment of their own. */
export function undocumentedExports(source: string): string[] {
  const file = parse(source);
  // Of an overloaded function, the first signature carries the comment.
  const seen = new Set<string>();
  return file.statements.filter(isExported).flatMap(statement => {
    const names = functionNames(statement).filter(name => !seen.has(name));
    for (const name of names) seen.add(name);
    return hasDoc(source, statement)
      ? []
      : names.map(name => `${name} (line ${lineOf(file, statement)})`);
  });
}

/** True when the file begins with a comment that says what it is for. */
export function hasPurposeLine(source: string): boolean {
  return /^(#!.*\n)?\/\*\*? ?\S/.test(source);
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest, true);
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** The first statement's comment may be the file's purpose line; then the function needs a second one. */
function hasDoc(source: string, statement: ts.Statement): boolean {
  const comments = ts.getLeadingCommentRanges(source, statement.pos) ?? [];
  const docs = comments.filter(({ pos }) => source.startsWith('/**', pos));
  return docs.length > (statement.pos === 0 ? 1 : 0);
}

function functionNames(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement)) return [statement.name?.text ?? 'default'];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations
    .filter(({ initializer }) => initializer && isFunction(initializer))
    .map(declaration => declaration.name.getText());
}

function isFunction(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}
