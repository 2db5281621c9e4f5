/** The notebook's own .ts files: checked like cells, and sent along with the cell that imports them, as JavaScript. */
import { createHash } from 'node:crypto';
import { dirname, relative, resolve } from 'node:path';

import {
  decodedMappings,
  encodedMap,
  originalPositionFor,
  TraceMap
} from '@jridgewell/trace-mapping';
import ts from 'tsover';

import { cellTransformer, emit, type Emitted } from './emit.js';
import { type CellProgram } from './program.js';

/** A local file as the executor loads it. */
interface LocalModule {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** What each import specifier stands for: a path, or the name of a package. */
  readonly imports: Readonly<Record<string, string>>;
  readonly js: string;
  readonly map: string;
}

/** Statements that load the files before the cell runs, dependencies first; no line breaks. */
export function loadStatements(
  cells: CellProgram,
  files: readonly ts.SourceFile[],
  cwd: string
): string {
  const versions = new Map<string, string>();
  const modules = files.map(file => toModule(cells, file, { cwd, versions }));
  return modules.map(module => `await $module(${JSON.stringify(module)});`).join('');
}

function toModule(
  cells: CellProgram,
  file: ts.SourceFile,
  { cwd, versions }: { cwd: string; versions: Map<string, string> }
): LocalModule {
  const imports = importsOf(cells, file);
  const { js, map } = toCommonJs(
    emit(cells.program, file, { before: [cellTransformer(cells.checker)] })
  );
  const hash = createHash('sha256').update(js);
  for (const target of Object.values(imports)) hash.update(versions.get(target) ?? target);
  const version = hash.digest('hex');
  versions.set(file.fileName, version);
  return { path: file.fileName, name: relative(cwd, file.fileName), version, imports, js, map };
}

function importsOf(cells: CellProgram, file: ts.SourceFile): Record<string, string> {
  const found = ts
    .preProcessFile(file.text, true, false)
    .importedFiles.map(({ fileName: specifier }) => {
      const outside = specifier.startsWith('.')
        ? resolve(dirname(file.fileName), specifier)
        : specifier;
      return [specifier, cells.resolveLocal(file, specifier)?.fileName ?? outside];
    });
  return Object.fromEntries(found) as Record<string, string>;
}

/** The CommonJS form: the executor wraps it in an async function, so that `await` may stand at its top. */
function toCommonJs(emitted: Emitted): Emitted {
  const { outputText, sourceMapText } = ts.transpileModule(emitted.js, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      sourceMap: true
    },
    fileName: 'module.js'
  });
  const js = outputText.replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n');
  return {
    js,
    map: compose(new TraceMap(sourceMapText ?? emitted.map), new TraceMap(emitted.map))
  };
}

/** The map from the output of a second step to the source of the first. */
function compose(second: TraceMap, first: TraceMap): string {
  const mappings = decodedMappings(second).map(line =>
    line.flatMap(segment => {
      if (segment.length === 1) return [];
      const { line: sourceLine, column } = originalPositionFor(first, {
        line: segment[2] + 1,
        column: segment[3]
      });
      return sourceLine === null
        ? []
        : [[segment[0], 0, sourceLine - 1, column] as [number, number, number, number]];
    })
  );
  const { sources, sourcesContent } = first;
  return JSON.stringify(
    encodedMap(new TraceMap({ version: 3, names: [], sources, sourcesContent, mappings }))
  );
}
