/** The notebook's own .ts files: the compiler sends them along with the cell, as JavaScript in CommonJS form. */
import { isAbsolute, join, resolve } from 'node:path';
import { Script } from 'node:vm';

import type { Traces } from './traces.js';

type Exports = Record<string, unknown>;

/** A local file as the compiler sends it. */
export interface LocalModule {
  readonly path: string;
  /** Name in stack traces, relative to the notebook. */
  readonly name: string;
  /** Changes with the text, and with the text of what it imports. */
  readonly version: string;
  /** What each import specifier stands for: a path, or the name of a package. */
  readonly imports: Readonly<Record<string, string>>;
  readonly js: string;
  readonly map: string;
}

type Body = (exports: Exports, require: (specifier: string) => unknown) => Promise<void>;

export class LocalModules {
  readonly #loaded = new Map<string, { version: string; exports: Exports; ready: Promise<void> }>();
  readonly #traces: Traces;

  constructor(traces: Traces) {
    this.#traces = traces;
  }

  /** Runs a module, unless this version of it has run already. */
  async load(module: LocalModule, load: (specifier: string) => Promise<unknown>): Promise<void> {
    const known = this.#loaded.get(module.path);
    if (known?.version === module.version) return known.ready;
    const exports: Exports = {};
    const ready = this.#run(module, exports, load);
    this.#loaded.set(module.path, { version: module.version, exports, ready });
    return ready;
  }

  /** The exports of the local file that `specifier` names, seen from `folder`. */
  find(specifier: string, folder: string): Exports | undefined {
    if (!specifier.startsWith('.') && !isAbsolute(specifier)) return undefined;
    const path = resolve(folder, specifier);
    const candidates = [
      path,
      `${path}.ts`,
      `${path}.mts`,
      path.replace(/\.([cm]?)js$/, '.$1ts'),
      join(path, 'index.ts')
    ];
    for (const candidate of candidates) {
      const loaded = this.#loaded.get(candidate);
      if (loaded) return loaded.exports;
    }
    return undefined;
  }

  async #run(
    module: LocalModule,
    exports: Exports,
    load: (specifier: string) => Promise<unknown>
  ): Promise<void> {
    const imported = new Map<string, unknown>();
    for (const [specifier, target] of Object.entries(module.imports)) {
      imported.set(specifier, this.#loaded.get(target)?.exports ?? (await load(target)));
    }
    const { index } = this.#traces.register(module);
    const filename = this.#traces.scriptName(index);
    // One line before the text, which is its own: positions in stack traces stay right.
    const script = new Script(`(async function (exports, require) {\n${module.js}\n})`, {
      filename,
      lineOffset: -1
    });
    const body = script.runInThisContext() as Body;
    await body(exports, specifier => imported.get(specifier));
  }
}
