/** The few functions of the compiler that its typings leave out. The exact version is pinned in package.json. */
import ts from '#tsover';

/** A source file with the fields that the compiler fills for files of a program. */
export interface BoundFile extends ts.SourceFile {
  path: string;
  resolvedPath: string;
  originalFileName: string;
  imports: readonly ts.StringLiteralLike[];
  moduleAugmentations: readonly unknown[];
  ambientModuleNames: readonly string[];
  /** Names declared at the top. */
  locals: ReadonlyMap<string, ts.Symbol>;
  /** All names that occur. */
  identifiers: ReadonlyMap<string, string>;
  /** What kinds of syntax it contains. */
  transformFlags: number;
  parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  /** Name lookup continues here: the previous cell of the scope. */
  parent: BoundFile;
}

/** A program whose module lookup can be extended to files outside of it. */
export interface OpenProgram extends ts.Program {
  getResolvedModule(
    file: ts.SourceFile,
    name: string,
    mode: ts.ResolutionMode
  ): ts.ResolvedModuleWithFailedLookupLocations | undefined;
}

/** A checker that knows the operators of types. */
export interface OperatorChecker extends ts.TypeChecker {
  __tsover__couldHaveOverloadedOperators(
    left: ts.Expression,
    operator: ts.SyntaxKind,
    right: ts.Expression,
    leftType: ts.Type,
    rightType: ts.Type
  ): boolean;
}

interface CompletionHost {
  getCompilationSettings(): ts.CompilerOptions;
  getCurrentDirectory(): string;
  fileExists(path: string): boolean;
}

interface Internals {
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void;
  skipTrivia(text: string, position: number): number;
  getTouchingPropertyName(file: ts.SourceFile, position: number): ts.Node;
  Completions: {
    getCompletionsAtPosition(
      host: CompletionHost,
      program: ts.Program,
      log: (message: string) => void,
      file: ts.SourceFile,
      position: number,
      preferences: ts.UserPreferences
    ): ts.CompletionInfo | undefined;
  };
  SignatureHelp: {
    getSignatureHelpItems(
      program: ts.Program,
      file: ts.SourceFile,
      position: number,
      reason: undefined,
      cancellation: { isCancellationRequested(): boolean; throwIfCancellationRequested(): void }
    ): ts.SignatureHelpItems | undefined;
  };
  SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: ts.TypeChecker,
      symbol: ts.Symbol,
      file: ts.SourceFile,
      enclosing: ts.Node | undefined,
      location: ts.Node
    ): {
      displayParts: ts.SymbolDisplayPart[];
      documentation: ts.SymbolDisplayPart[];
      tags?: ts.JSDocTagInfo[];
    };
  };
}

export const internals = ts as unknown as Internals;
