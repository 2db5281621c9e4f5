/** Compiled scripts are kept: a script whose sources are as they were need not be checked and compiled again. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { CompiledScript, ScriptResult } from '../../cells/compiler/types.js';
import { packageVersion } from '../../package.js';
import { userCacheFolder, writePrivateFile } from '../../platform.js';

/** A file that the result depends on, as it was when it was read. */
type Stamp = readonly [path: string, modified: number, bytes: number];

interface Kept {
  readonly version: string;
  readonly stamps: readonly Stamp[];
  readonly script: CompiledScript;
}

/** The result as it was last, if none of the files that it was compiled from has changed; else undefined. */
export function keptScript(path: string): ScriptResult | undefined {
  try {
    const { version, stamps, script } = JSON.parse(readFileSync(fileFor(path), 'utf8')) as Kept;
    const isSame = ([file, ...was]: Stamp): boolean =>
      String(stampOf(file)) === String([file, ...was]);
    if (version !== ownVersion() || !stamps.every(isSame)) return undefined;
    return { status: 'ok', script, sources: stamps.map(([file]) => file) };
  } catch {
    // Not there, half-written, or made from a file that is gone.
    return undefined;
  }
}

/** Keeps a script for the next time; without a place for it, it is compiled again then. */
export function keepScript(path: string, result: ScriptResult): void {
  if (result.status === 'error') return;
  const { script, sources } = result;
  try {
    const kept: Kept = { version: ownVersion(), stamps: sources.map(stampOf), script };
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    writePrivateFile(fileFor(path), JSON.stringify(kept));
  } catch {
    return;
  }
}

function stampOf(path: string): Stamp {
  const { mtimeMs, size } = statSync(path);
  return [path, mtimeMs, size];
}

function folder(): string {
  return join(userCacheFolder(), 'decentlab', 'scripts');
}

function fileFor(path: string): string {
  return join(folder(), `${createHash('sha256').update(path).digest('hex').slice(0, 24)}.json`);
}

function ownVersion(): string {
  return `${packageVersion()} ${process.version}`;
}
