/** The arrows between the folders: which may import which. The table is the design's; everyone may import errors, memory, platform, package, soon and optimize-early. */
import { posix } from 'node:path';
import { importsOf, type Import } from './imports.js';

const SOURCE = 'kernel-runtime/src/';
const EVERYONE = ['errors', 'memory', 'platform', 'package', 'soon', 'optimize-early'];
const ANYTHING = '*';

/** Folder, and the folders it may import besides itself; `types of` allows types only. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  'mathematics/math': [],
  'mathematics/graph': ['mathematics/math'],
  'mathematics/communicator': [],
  'mathematics/optim': [
    'mathematics/communicator',
    'mathematics/graph',
    'mathematics/math',
    'mathematics/tensor'
  ],
  'mathematics/problems': ['mathematics/math', 'mathematics/graph', 'mathematics/tensor'],
  'mathematics/simulate': ['mathematics/communicator', 'mathematics/graph', 'mathematics/math'],
  'mathematics/tensor': ['mathematics/math'],
  'cells/compiler': [],
  'cells/executor': [],
  'cluster/protocol': ['types of mathematics/graph'],
  'cluster/net': ['cluster/protocol', 'mathematics/math'],
  'cluster/collectives': [
    'cluster/net',
    'mathematics/communicator',
    'mathematics/graph',
    'mathematics/tensor',
    'mathematics/math'
  ],
  'cluster/engine': [
    'cluster/collectives',
    'cluster/net',
    'cluster/protocol',
    'cells/executor',
    'mathematics/optim',
    'mathematics/tensor',
    'mathematics/communicator'
  ],
  'cluster/launch': ['cluster/protocol'],
  'cluster/controller': ['cluster/launch', 'cluster/net', 'cluster/protocol'],
  'cluster/client': [
    'cluster/launch',
    'cluster/net',
    'cluster/protocol',
    'mathematics/graph',
    'mathematics/math',
    'mathematics/tensor'
  ],
  'laboratory/plot': ['types of mathematics/graph', 'types of mathematics/math'],
  'laboratory/experiments': [
    'laboratory/plot',
    'cluster/client',
    'cells/compiler',
    'mathematics/simulate',
    'mathematics/optim',
    'mathematics/problems',
    'mathematics/graph',
    'mathematics/math'
  ],
  'jupyter/kernel': [
    'cluster/client',
    'cluster/launch',
    'cells/compiler',
    'cells/executor',
    'laboratory/plot',
    'cluster/protocol',
    'mathematics/math'
  ],
  'shell/setup': ['bin', 'mathematics/tensor'],
  'shell/testing': ['bin', 'shell/setup'],
  'shell/commands': [ANYTHING],
  'index.ts': [ANYTHING],
  'errors.ts': ['remedies.ts', 'tensor-errors.ts'],
  'remedies.ts': [],
  'tensor-errors.ts': [],
  'memory.ts': [],
  'platform.ts': [],
  'package.ts': [],
  'soon.ts': [],
  'optimize-early.ts': []
};

/** Packages that reach outside the process: not for folders that promise to run anywhere. */
const OUTSIDE = [
  'child_process',
  'net',
  'http',
  'https',
  'cluster',
  'dgram',
  'tls',
  'ws',
  'zeromq'
];
const PURE = ['mathematics/', 'cluster/protocol', 'laboratory/plot'];

/** One sentence for each forbidden import of a file; `path` is relative to the root of the project. */
export function forbiddenImports(path: string, source: string): string[] {
  return importsOf(source, path)
    .map(imported => ({ imported, why: whyForbidden(path, imported) }))
    .filter(({ why }) => why !== undefined)
    .map(({ imported, why }) => `${path}:${imported.line} imports ${imported.specifier}: ${why}`);
}

function whyForbidden(path: string, imported: Import): string | undefined {
  const target = resolve(path, imported.specifier);
  if (target?.startsWith('test/')) return 'nothing imports tests';
  if (path.startsWith(SOURCE)) return whyNotInRuntime(path.slice(SOURCE.length), imported, target);
  if (path.startsWith('extension/')) return whyNotInExtension(imported, target);
  return whyNotInNotebook(imported, target);
}

function whyNotInRuntime(file: string, imported: Import, target?: string): string | undefined {
  const from = folderOf(file);
  if (!(from in arrows)) return `${from} is not in the table of arrows`;
  if (target === undefined) return whyNotPackage(from, imported.specifier);
  const to = target.startsWith(SOURCE) ? folderOf(target.slice(SOURCE.length)) : 'bin';
  if (to === 'index.ts' && from !== 'shell/commands') return 'import the leaf file, not the index';
  const allowed = [from, ...EVERYONE.map(name => `${name}.ts`), ...(arrows[from] ?? [])];
  if (allowed.includes(to) || allowed.includes(ANYTHING)) return undefined;
  if (imported.typeOnly && allowed.includes(`types of ${to}`)) return undefined;
  return `${from} may not import ${to}`;
}

function whyNotPackage(from: string, specifier: string): string | undefined {
  const name = specifier.replace(/^node:/, '');
  const pure = PURE.some(prefix => from.startsWith(prefix));
  if (pure && OUTSIDE.includes(name)) return `${from} starts no process and opens no socket`;
  return undefined;
}

function whyNotInExtension(imported: Import, target?: string): string | undefined {
  if (/^decentlab(\/|$)/.test(imported.specifier)) return 'the extension imports no runtime code';
  if (!target || target.startsWith('extension/')) return undefined;
  const protocol = target.startsWith(`${SOURCE}cluster/protocol/`);
  return protocol && imported.typeOnly ? undefined : 'only types of protocol';
}

function whyNotInNotebook(imported: Import, target?: string): string | undefined {
  if (target === undefined) return undefined;
  return imported.specifier.startsWith('./') ? undefined : 'packages by name or files beside it';
}

/** The file that a relative specifier leads to, as a path relative to the root; undefined for a package. */
function resolve(path: string, specifier: string): string | undefined {
  if (!/^\.{1,2}(\/|$)/.test(specifier)) return undefined;
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}

/** The wing's folder of a source file, or the file itself when it stands at the top. */
function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}
