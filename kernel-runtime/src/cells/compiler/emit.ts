/** From a checked file to JavaScript with a source map to the text as typed. */
import ts from '#tsover';

import { hoistFunctions } from './hoist.js';
import { lowerDynamicImport, lowerImport } from './imports.js';
import type { OperatorChecker } from './internals.js';
import { addLook, lowerCopy, lowerLoop, type LoopState } from './loops.js';
import { lowerOperator } from './operators.js';
import { header } from './options.js';
import { shiftMap } from './source-maps.js';
import { lowerLoss } from './traced-bodies.js';

export interface Emitted {
  readonly js: string;
  /** Empty if each line stands below its place in the source. */
  readonly map: string;
}

export interface EmitOptions {
  /** Whether loops and functions look at the stop flag. */
  readonly isStoppable: boolean;
}

/** JavaScript of a cell for V8's REPL mode. */
export function emitCell(program: ts.Program, file: ts.SourceFile): Emitted {
  const checker = program.getTypeChecker();
  return emit(program, file, {
    before: [cellTransformer(checker, { isStoppable: true }), stripModule(checker)],
    after: [() => hoistFunctions]
  });
}

/** Emits one file; the source map is shifted to the lines without our header. */
export function emit(
  program: ts.Program,
  file: ts.SourceFile,
  transformers: ts.CustomTransformers
): Emitted {
  let js = '';
  let map = '';
  const write: ts.WriteFileCallback = (name, text) => {
    if (name.endsWith('.map')) map = text;
    else js = text;
  };
  program.emit(file, write, undefined, false, transformers);
  const isOurs = file.text.startsWith(header);
  return {
    js: js.replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n'),
    map: isOurs ? shiftMap(map, 1, file.text.slice(header.length)) : map
  };
}

/** Operators, dynamic imports and looks at the stop flag: what cells, local files and scripts share. */
export function cellTransformer(
  checker: OperatorChecker,
  { isStoppable }: EmitOptions
): ts.TransformerFactory<ts.SourceFile> {
  return context => file => {
    const state: LoopState = {};
    const visit = (node: ts.Node): ts.Node | ts.Node[] => {
      const loss = lowerLoss(node, { checker, context, visit });
      if (loss) return loss;
      const copy = lowerCopy(node, checker, state);
      if (copy) return copy;
      const loop = isStoppable ? lowerLoop(node, { checker, state, visit }) : undefined;
      if (loop) return loop;
      const operator = lowerOperator(node, checker, visit);
      if (operator) return operator;
      if (isMeta(node)) return ts.factory.createIdentifier('$meta');
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        return lowerDynamicImport(ts.visitNode(node.arguments[0], visit) as ts.Expression);
      }
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isThrowStatement(visited)) return notingThrow(visited);
      return isStoppable ? addLook(visited, state) : visited;
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/** `throw $thrown(value)`, unless an error is made on the spot: other values do not know where they come from. */
function notingThrow(node: ts.ThrowStatement): ts.ThrowStatement {
  if (ts.isNewExpression(node.expression)) return node;
  const callee = ts.setSourceMapRange(ts.factory.createIdentifier('$thrown'), node);
  const call = ts.factory.createCallExpression(callee, undefined, [node.expression]);
  return ts.factory.updateThrowStatement(node, ts.setSourceMapRange(call, node));
}

/** `import.meta`, which is syntax of modules: a cell and a local file get theirs as a value. */
function isMeta(node: ts.Node): boolean {
  return ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword;
}

/** Imports become statements at the top, exports lose their modifier. */
function stripModule(checker: ts.TypeChecker): ts.TransformerFactory<ts.SourceFile> {
  return () => file => {
    const imports: ts.Statement[] = [];
    const others: ts.Statement[] = [];
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement))
        imports.push(...optional(lowerImport(statement, checker)));
      else others.push(...optional(withoutExport(statement)));
    }
    return ts.factory.updateSourceFile(file, [...imports, ...others]);
  };
}

function withoutExport(statement: ts.Statement): ts.Statement | undefined {
  if (ts.isExportDeclaration(statement)) return undefined;
  if (ts.isExportAssignment(statement)) {
    return ts.setTextRange(ts.factory.createExpressionStatement(statement.expression), statement);
  }
  if (!ts.canHaveModifiers(statement)) return statement;
  const modifiers = ts.getModifiers(statement);
  const isExport = ({ kind }: ts.ModifierLike): boolean =>
    kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword;
  if (!modifiers?.some(isExport)) return statement;
  return replaceModifiers(
    statement,
    modifiers.filter(modifier => !isExport(modifier))
  );
}

function replaceModifiers(statement: ts.Statement, modifiers: ts.Modifier[]): ts.Statement {
  const { factory } = ts;
  if (ts.isVariableStatement(statement))
    return factory.updateVariableStatement(statement, modifiers, statement.declarationList);
  if (ts.isClassDeclaration(statement)) {
    const { name, typeParameters, heritageClauses, members } = statement;
    return factory.updateClassDeclaration(
      statement,
      modifiers,
      name,
      typeParameters,
      heritageClauses,
      members
    );
  }
  if (ts.isFunctionDeclaration(statement)) {
    const { asteriskToken, name, typeParameters, parameters, type, body } = statement;
    return factory.updateFunctionDeclaration(
      statement,
      modifiers,
      asteriskToken,
      name,
      typeParameters,
      parameters,
      type,
      body
    );
  }
  if (ts.isEnumDeclaration(statement))
    return factory.updateEnumDeclaration(statement, modifiers, statement.name, statement.members);
  if (ts.isModuleDeclaration(statement))
    return factory.updateModuleDeclaration(statement, modifiers, statement.name, statement.body);
  return statement;
}

function optional<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
