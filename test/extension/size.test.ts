/** What JupyterLab loads of the extension when it starts, measured on the built files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../extension/labextension/', import.meta.url));
const isBuilt = existsSync(folder);
const limit = 60_000;

interface Manifest {
  jupyterlab: { _build: { load: string } };
}

describe.skipIf(!isBuilt)('the built extension', () => {
  it('loads less than 60 KB compressed at the start: entry, plugins, renderer and style', () => {
    const manifest = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as Manifest;
    const entry = readFileSync(`${folder}${manifest.jupyterlab._build.load}`, 'utf8');
    const chunks = startChunks(entry, `${folder}static/`);
    const bytes = [entry, ...chunks].reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(chunks.length).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeLessThan(limit);
  });
});

/** The chunks that the entry names as what its exposed modules need; all others wait for an import(). */
function startChunks(entry: string, folder: string): string[] {
  const names = [...entry.matchAll(/\.e\(["']?(\w+)["']?\)/g)].map(([, name]) => name);
  const files = readdirSync(folder);
  return [...new Set(names)].flatMap(name =>
    files
      .filter(file => file.startsWith(`${name}.`))
      .map(file => readFileSync(folder + file, 'utf8'))
  );
}
