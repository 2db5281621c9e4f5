/** TypeScript files on disk in the language of cells: operators, types, imports of their own .ts files. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { findPitfalls } from './checks.js';
import { findErrors, toCellError } from './diagnostics.js';
import type { BoundFile } from './internals.js';
import { compileModules } from './local-files.js';
import { CellProgram } from './program.js';
import type { ScriptResult } from './types.js';
import { placeImports } from './unknown-names.js';

/**
 * Checks and compiles a TypeScript file and the local files that it imports. Operators work on vectors, matrices and
 * tensors; the library is imported by name: `import { neighborAllreduce } from 'decentlab'`. To run it in this process:
 *
 * ```ts
 * const compiled = compileScript('mine.ts');
 * if (compiled.status === 'error') throw new Error(compiled.error.traceback.join('\n'));
 * const { exports } = await loadScript(compiled.script, { prelude }); // cells/executor/scripts.ts
 * ```
 * @param path of the file, absolute or relative to the working directory
 * @returns the script, or its errors with lines and columns; a file that cannot be read is such an error, too
 */
export function compileScript(path: string): ScriptResult {
  const fileName = resolve(path);
  const cwd = dirname(fileName);
  const cells = new CellProgram(cwd, [fileName]);
  const unsettled = cells.program.getSourceFile(fileName);
  if (unsettled)
    cells.settleSigns([...cells.localFiles(unsettled).map(one => one.fileName), fileName]);
  const file = cells.program.getSourceFile(fileName);
  if (!file) return { status: 'error', error: missing(path) };
  const files = [...cells.localFiles(file), file];
  const { locals } = cells.prelude as BoundFile;
  const found = files.flatMap(one => findErrors(cells.program, one));
  const errors = placeImports(found, name => locals.has(name));
  const findings =
    errors.length > 0 ? errors : files.flatMap(one => findPitfalls(one, cells.checker));
  if (findings.length > 0)
    return { status: 'error', error: toCellError(findings, path, file, cwd) };
  const modules = compileModules(cells, files, { cwd, isStoppable: false });
  const sources = cells.program.getSourceFiles().map(source => source.fileName);
  // Those that only this compiler knows change with its version.
  const onDisk = sources.filter(name => existsSync(name));
  return { status: 'ok', script: { path: fileName, modules }, sources: onDisk };
}

function missing(path: string): { name: string; message: string; traceback: string[] } {
  const message = `There is no TypeScript file ${path}.`;
  return { name: 'ScriptNotFound', message, traceback: [`ScriptNotFound: ${message}`] };
}
