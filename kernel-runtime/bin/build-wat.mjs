/** Compiles the kernels of weighted sums into the library. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

import { sumsInText } from './sums-wat.mjs';

const place = fileURLToPath(new URL('../dist/mathematics/math/', import.meta.url));

const { parseWat } = await wabt();
const module = parseWat('sums.wat', sumsInText, { simd: true, threads: true });
mkdirSync(place, { recursive: true });
writeFileSync(`${place}sums.wasm`, module.toBinary({}).buffer);
module.destroy();
