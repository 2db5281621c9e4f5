/** The root of every scope: a file that imports all public names of the library, so that cells need not. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from '#tsover';

import { header } from './options.js';
import { libraryTypes } from './packages.js';

/** The text of that file. The library's index only re-exports, so that its syntax tells all names. */
export function preludeText(): string {
  return `${header}import { ${exportedBy(libraryTypes).join(', ')} } from 'decentlab';`;
}

/** The names that a file re-exports, by name or all of another such file. */
function exportedBy(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022);
  return file.statements.flatMap(statement => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause: clause, moduleSpecifier } = statement;
    if (clause && ts.isNamedExports(clause)) return clause.elements.map(({ name }) => name.text);
    if (clause) return [clause.name.text];
    return exportedBy(declarationsOf(path, (moduleSpecifier as ts.StringLiteral).text));
  });
}

/** The declarations of a module beside a file of declarations, or the source beside a source. */
function declarationsOf(path: string, specifier: string): string {
  const ending = path.endsWith('.d.ts') ? '.d.ts' : '.ts';
  return join(dirname(path), specifier.replace(/\.js$/, ending));
}
