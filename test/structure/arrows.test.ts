/** The import arrows of the design, checked on every file; and the checker, checked on imports it must refuse. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, root } from '../helpers/project.js';
import { forbiddenImports } from './arrows.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const SOURCES = [
  ...filesIn('kernel-runtime/src', ['.ts']),
  ...filesIn('extension/src', ['.ts', '.tsx'])
];
const NOTEBOOKS = ['tutorials', 'notebooks'].flatMap(folder => filesIn(folder, ['.ipynb']));

describe('The arrows', () => {
  it('allow every import of the sources', () => {
    expect(SOURCES.flatMap(path => forbiddenImports(path, read(path)))).toEqual([]);
  });

  it('let nothing outside of the tests import tests', () => {
    const programs = filesIn('kernel-runtime/bin', ['.mjs']);
    expect(programs.filter(path => /from '[^']*\/test\//.test(read(path)))).toEqual([]);
  });

  it('let notebooks import packages and the files beside them only', () => {
    const found = NOTEBOOKS.flatMap(path =>
      codeCells(path).flatMap(cell => forbiddenImports(path, cell))
    );
    expect(found).toEqual([]);
  });

  it('leave index.ts with re-exports only', () => {
    const statements = read('kernel-runtime/src/index.ts')
      .replace(/\/\*\*?[\s\S]*?\*\/|\/\/.*/g, '')
      .split(';')
      .map(statement => statement.trim())
      .filter(Boolean);
    expect(statements.filter(text => !/^export (type )?(\*|\{)[\s\S]* from '/.test(text))).toEqual(
      []
    );
  });
});

describe('The checker of the arrows', () => {
  const src = 'kernel-runtime/src';
  it.each([
    [
      `${src}/mathematics/math/a.ts`,
      "import { x } from '../graph/topology.js';",
      'may not import mathematics/graph'
    ],
    [
      `${src}/mathematics/math/a.ts`,
      "export { x } from '../../cluster/net/x.js';",
      'may not import cluster/net'
    ],
    [
      `${src}/mathematics/math/a.ts`,
      "await import('../optim/dsgd.js');",
      'may not import mathematics/optim'
    ],
    [
      `${src}/mathematics/optim/a.ts`,
      "import { createServer } from 'node:net';",
      'opens no socket'
    ],
    [
      `${src}/mathematics/optim/a.ts`,
      "import { spawn } from 'child_process';",
      'starts no process'
    ],
    [`${src}/cluster/protocol/a.ts`, "import WebSocket from 'ws';", 'opens no socket'],
    [
      `${src}/cells/executor/a.ts`,
      "import type { T } from '../compiler/types.js';",
      'may not import cells/compiler'
    ],
    [
      `${src}/laboratory/plot/a.ts`,
      "import { f } from '../../mathematics/math/matrix.js';",
      'may not import mathematics/math'
    ],
    [`${src}/jupyter/kernel/a.ts`, "import { x } from '../../index.js';", 'the leaf file'],
    [`${src}/jupyter/other/a.ts`, "import { x } from '../kernel/a.js';", 'not in the table'],
    [
      `${src}/errors.ts`,
      "import { x } from './mathematics/math/matrix.js';",
      'may not import mathematics/math'
    ],
    [
      `${src}/shell/commands/a.ts`,
      "import { x } from '../../../../test/helpers/x.js';",
      'nothing imports tests'
    ],
    ['extension/src/a.ts', "import { plot } from 'decentlab';", 'no runtime code'],
    [
      'extension/src/a.ts',
      `import { x } from '../../${src}/cluster/protocol/state.js';`,
      'only types of protocol'
    ],
    ['tutorials/00.ipynb', "import { x } from '../kernel-runtime/src/index.js';", 'files beside it']
  ])('refuses in %s: %s', (path, source, reason) => {
    expect(forbiddenImports(path, source).join()).toContain(reason);
  });

  it.each([
    [`${src}/mathematics/graph/a.ts`, "import { Matrix } from '../math/matrix.js';"],
    [
      `${src}/laboratory/plot/a.ts`,
      "import type { Topology } from '../../mathematics/graph/topology.js';"
    ],
    [`${src}/cluster/net/a.ts`, "import { DecentLabError } from '../../errors.js';"],
    [`${src}/shell/commands/a.ts`, "import { x } from '../../cluster/client/cluster.js';"],
    ['extension/src/a.ts', `import type { State } from '../../${src}/cluster/protocol/state.js';`],
    ['tutorials/00.ipynb', "import { x } from './helpers.ts';"]
  ])('allows in %s: %s', (path, source) => {
    expect(forbiddenImports(path, source)).toEqual([]);
  });
});

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: string | string[] }[];
}

function codeCells(path: string): string[] {
  const { cells } = JSON.parse(read(path)) as Notebook;
  return cells
    .filter(cell => cell.cell_type === 'code')
    .map(cell => [cell.source].flat().join('').replace(/^%.*$/gm, ''));
}
