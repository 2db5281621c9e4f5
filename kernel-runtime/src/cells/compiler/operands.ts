/** Wrong operands in the words of vectors: TypeScript's own sentence knows numbers only. */
import ts from '#tsover';

import { internals, type OperatorChecker } from './internals.js';
import { binary, compound, hasOperators } from './operators.js';

/** "The left-hand (right-hand) side must be a number", "operator cannot be applied to types". */
const codes = new Set([2362, 2363, 2365]);

/** The operand that is wrong, and why, where vectors, matrices or tensors are involved. */
export interface WrongOperand {
  readonly operation: ts.BinaryExpression;
  readonly operand: ts.Expression;
  readonly message: string;
}

/** Explains a diagnostic about an operator; undefined for others, and where only numbers are meant. */
export function wrongOperand(
  diagnostic: ts.Diagnostic,
  file: ts.SourceFile,
  checker: OperatorChecker
): WrongOperand | undefined {
  if (!codes.has(diagnostic.code) || diagnostic.start === undefined) return undefined;
  const operation = operationAt(file, diagnostic.start, diagnostic.length ?? 0);
  if (!operation) return undefined;
  const { left, operatorToken, right } = operation;
  const types = [left, right].map(node => checker.getTypeAtLocation(node)) as [ts.Type, ts.Type];
  const [leftFits, rightFits] = types.map(type => hasOperators(type));
  if (!leftFits && !rightFits) return plainArray(operation, types, checker);
  const [leftName, rightName] = types.map(type => checker.typeToString(type));
  const isPromise = types.some(type => checker.getPropertyOfType(type, 'then'));
  const hint = isPromise ? ' – did you forget `await`?' : '';
  const symbol = operatorToken.getText(file);
  if (!binary.has(operatorToken.kind) && !compound.has(operatorToken.kind)) {
    const name = leftFits ? leftName : rightName;
    const message = `'${symbol}' does not work on ${name}.${hint}`;
    return { operation, operand: leftFits ? left : right, message };
  }
  const message = `'${symbol.replace('=', '')}' cannot combine ${leftName} with ${rightName}.${hint}`;
  return { operation, operand: leftFits ? right : left, message };
}

/** Arrays of numbers look like vectors, and are none. */
function plainArray(
  operation: ts.BinaryExpression,
  types: readonly [ts.Type, ts.Type],
  checker: OperatorChecker
): WrongOperand | undefined {
  const isLeft = isNumberArray(types[0], checker);
  if (!isLeft && !isNumberArray(types[1], checker)) return undefined;
  const operand = isLeft ? operation.left : operation.right;
  const symbol = operation.operatorToken.getText();
  const name = checker.typeToString(isLeft ? types[0] : types[1]);
  const text = operand.getText();
  const made = ts.isArrayLiteralExpression(operand)
    ? `vector(${text.slice(1, -1).trim()})`
    : `vector(${text})`;
  const message = `'${symbol}' works on vectors, not on ${name}. Make it a vector: \`${made}\`.`;
  return { operation, operand, message };
}

function isNumberArray(type: ts.Type, checker: OperatorChecker): boolean {
  if (!checker.isArrayType(type) && !checker.isTupleType(type)) return false;
  const entry = type.getNumberIndexType();
  return entry !== undefined && (entry.flags & ts.TypeFlags.NumberLike) !== 0;
}

/** The innermost operation that reaches over the marked place. */
function operationAt(
  file: ts.SourceFile,
  start: number,
  length: number
): ts.BinaryExpression | undefined {
  let node: ts.Node | undefined = internals.getTouchingPropertyName(file, start);
  const isInside = (one: ts.Node): boolean =>
    one.getStart(file) <= start && one.end >= start + length;
  while (node && !(ts.isBinaryExpression(node) && isInside(node) && isOperand(node, start, length)))
    node = ts.isSourceFile(node) ? undefined : node.parent;
  return node;

  function isOperand(one: ts.BinaryExpression, from: number, width: number): boolean {
    return [one, one.left, one.right].some(
      part => part.getStart(file) === from && part.end === from + width
    );
  }
}
