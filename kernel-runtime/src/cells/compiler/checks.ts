/** Mistakes that are legal TypeScript, but never meant in a notebook on decentralized optimization. */
import ts from '#tsover';

import { packageRoot } from '../../package.js';
import type { Finding } from './diagnostics.js';
import type { OperatorChecker } from './internals.js';
import { hasOperators } from './operators.js';

/** Finds dropped promises of the library's own functions, entries of what has none, and a plus in front of vectors. */
export function findPitfalls(file: ts.SourceFile, checker: OperatorChecker): Finding[] {
  const findings: Finding[] = [];
  const last = file.statements.at(-1);
  const visit = (node: ts.Node): void => {
    const message = node === last ? undefined : droppedPromise(node, checker);
    const complaint = message ?? signedVector(node, checker) ?? missingEntry(node, checker);
    if (complaint) {
      findings.push({
        file,
        start: node.getStart(file),
        length: node.getWidth(file),
        code: '',
        message: complaint
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
}

function droppedPromise(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  if (!ts.isExpressionStatement(node) || !ts.isCallExpression(node.expression)) return undefined;
  const call = node.expression;
  const declaration = checker.getResolvedSignature(call)?.declaration;
  if (!declaration?.getSourceFile().fileName.startsWith(packageRoot)) return undefined;
  if (!checker.getPropertyOfType(checker.getTypeAtLocation(call), 'then')) return undefined;
  const name = call.expression.getText();
  return `The result of ${name}(…) is dropped before it is there – did you forget \`await\`? (\`void ${name}(…)\` drops it on purpose.)`;
}

function signedVector(node: ts.Node, checker: OperatorChecker): string | undefined {
  if (!ts.isPrefixUnaryExpression(node) || node.operator !== ts.SyntaxKind.PlusToken)
    return undefined;
  const { operand } = node;
  const type = checker.getTypeAtLocation(operand);
  if (!hasOperators(type)) return undefined;
  const text = operand.getText();
  return `A plus in front of ${checker.typeToString(type)} gives NaN. Write ${text}.`;
}

/** Without types for it, TypeScript lets an entry of anything be undefined, silently. */
function missingEntry(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  if (!ts.isElementAccessExpression(node)) return undefined;
  const index = checker.getTypeAtLocation(node.argumentExpression);
  if (!(index.flags & ts.TypeFlags.NumberLike)) return undefined;
  const type = checker.getTypeAtLocation(node.expression);
  const name = node.expression.getText();
  if (checker.getPropertyOfType(type, 'then') && !type.getNumberIndexType())
    return `${name} is a promise, and has no entries yet – did you forget \`await\`?`;
  const declaration = type.symbol?.valueDeclaration?.getSourceFile().fileName;
  if (type.symbol?.name !== 'Matrix' || !declaration?.startsWith(packageRoot)) return undefined;
  return `A matrix has no entries in brackets. ${name}.row(i) is a row, ${name}.at(i, j) an entry.`;
}
