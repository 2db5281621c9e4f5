/** Compiles the WebAssembly sources beside the library's own: `dist` gets a `.wasm` for each `.wat`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const place = fileURLToPath(new URL('..', import.meta.url));
const features = { simd: true, threads: true };

const { parseWat } = await wabt();
for (const source of ['mathematics/math/sums.wat']) {
  const module = parseWat(source, readFileSync(join(place, 'src', source), 'utf8'), features);
  const target = join(place, 'dist', source.replace(/\.wat$/, '.wasm'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, module.toBinary({}).buffer);
  module.destroy();
}
