/**
 * Node's declarations, which are three quarters of all that a cell could see. Those of the globals are always there; a
 * module's come with the first import of it, by whomever, and with the first mention of a global that it declares.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from '#tsover';

const require = createRequire(import.meta.url);

/** The folder of `@types/node`. */
export const nodeTypes = dirname(require.resolve('@types/node/package.json'));

/** The files that declare globals, and what their types are made of. */
const base = [
  'globals.typedarray',
  'buffer.buffer',
  'globals',
  'compatibility/index',
  'web-globals/abortcontroller',
  'web-globals/domexception',
  'web-globals/events',
  'web-globals/fetch',
  'async_hooks',
  'buffer',
  'console',
  'events',
  'module',
  'net',
  'perf_hooks',
  'process',
  'stream',
  'stream/web',
  'timers',
  'tty',
  'url',
  'util',
  'worker_threads'
].map(fileOf);

/** Globals whose types take much more than their names tell, and the module that these are in. */
const largeGlobals: readonly [RegExp, string][] = [
  [/\b(crypto|Crypto|CryptoKey|SubtleCrypto)\b/, 'crypto'],
  [
    /\b(fetch|Request|Response|Headers|FormData|WebSocket|EventSource|MessageEvent)\b/,
    'undici-types'
  ]
];

export class NodeTypes {
  readonly roots = base.filter(file => existsSync(file));
  readonly #wanted = new Set<string>();

  /** The modules that a text needs beyond its imports. */
  mentionedIn(text: string): string[] {
    return largeGlobals
      .filter(([names, specifier]) => !this.#wanted.has(specifier) && names.test(text))
      .map(([, specifier]) => specifier);
  }

  /** Makes the declarations of a module known, as an import of it would. */
  want(specifier: string): void {
    this.#wanted.add(specifier);
  }

  /**
   * The declarations of a module of Node.
   * @param from the file with the import
   * @param isOurs whether that is a declaration of the library, whose own needs are no reason to load much
   * @returns undefined if that is no module of Node; without a `resolvedModule` if it is left out for now
   */
  resolve(
    specifier: string,
    from: string,
    isOurs: boolean
  ): ts.ResolvedModuleWithFailedLookupLocations | undefined {
    const name = specifier.replace(/^node:/, '');
    const isFromBase = isOurs || base.includes(from);
    if (name === 'undici-types' && from.startsWith(nodeTypes))
      return this.#wanted.has(name) ? undefined : { resolvedModule: undefined };
    const resolvedFileName = fileOf(name);
    if (name.startsWith('.') || !existsSync(resolvedFileName)) return undefined;
    if (isFromBase && !base.includes(resolvedFileName) && !this.#wanted.has(name))
      return { resolvedModule: undefined };
    this.#wanted.add(name);
    return { resolvedModule: { resolvedFileName, extension: ts.Extension.Dts } };
  }
}

function fileOf(name: string): string {
  return join(nodeTypes, `${name}.d.ts`);
}
