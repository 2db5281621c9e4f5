/**
 * Bundles the programs: whatever a process or a thread begins with becomes one file in `dist/programs`, or a few that
 * share chunks. Loading hundreds of small modules would take most of an engine's start.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const place = fileURLToPath(new URL('..', import.meta.url));
const folder = join(place, 'dist', 'programs');

/**
 * What meets in one process stands in one group, so that a module exists once in it: `index` is what cells import, and
 * an engine holds the same instances. Few entries make few chunks, each of which costs a start a millisecond.
 */
const GROUPS = [
  {
    index: 'index.ts',
    torch: 'mathematics/tensor/torch/exported.ts',
    engine: 'cluster/engine/main.ts',
    cells: 'cells/executor/child.ts'
  },
  { 'io-thread': 'cluster/engine/io-thread.ts' },
  { guard: 'cells/executor/guard-worker.ts' },
  { controller: 'cluster/controller/main.ts' },
  { kernel: 'jupyter/kernel/main.ts' },
  { compiler: 'cells/compiler/thread-main.ts' },
  { 'script-compiler': 'shell/commands/compile-worker.ts' },
  { decentlab: 'shell/commands/main.ts' },
  { 'gpu-check-row': 'shell/commands/gpu-check/row.ts' },
  {
    'gpu-check-device': 'shell/commands/gpu-check/device-program.ts',
    'gpu-check-exchange': 'shell/commands/gpu-check/exchange-program.ts'
  },
  { 'sweep-row': 'laboratory/experiments/sweep-worker.ts' },
  { 'image-worker': 'mathematics/problems/data/image-worker.ts' },
  {
    'bench/engine-side': 'shell/commands/bench/exchange/engine-side.ts',
    'bench/raw-link': 'shell/commands/bench/exchange/sockets/raw-link.ts',
    'bench/stock-link': 'shell/commands/bench/exchange/sockets/stock-link.ts',
    'bench/stock-peers': 'shell/commands/bench/exchange/sockets/stock-peers.ts',
    'bench/stock-star': 'shell/commands/bench/exchange/sockets/stock-star.ts',
    'bench/tensor-side': 'shell/commands/bench/tensor/contender.ts',
    'bench/thousand': 'shell/commands/bench/solve/thousand.ts',
    'bench/train-engine': 'shell/commands/bench/train/engine-side.ts',
    'bench/train-step': 'shell/commands/bench/train/step-program.ts'
  }
];

/** Small packages that most starts need; all others stay packages, and most of them are loaded when they are used. */
const BUNDLED = ['ws', 'msgpackr', '@jridgewell/trace-mapping', 'import-meta-resolve'];

const { dependencies } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
const external = Object.keys(dependencies)
  .filter(name => !BUNDLED.includes(name))
  .flatMap(name => [name, `${name}/*`]);

/** CommonJS packages among the bundled ones ask for Node's own modules by `require`. */
const REQUIRE =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

rmSync(folder, { recursive: true, force: true });
const results = await Promise.all(GROUPS.map(bundle));
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync(join(folder, 'LICENSES.txt'), licensesOf(inputs));

function bundle(group) {
  const entries = Object.entries(group);
  return build({
    absWorkingDir: place,
    entryPoints: entries.map(([out, source]) => ({ in: join('src', source), out })),
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['decentlab', '#tsover', ...external],
    banner: { js: REQUIRE },
    sourcemap: true,
    metafile: true,
    logLevel: 'warning'
  });
}

/** The licences of the packages whose code has gone into the bundles. */
function licensesOf(inputs) {
  const packages = inputs.map(input => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
  const unique = [...new Set(packages)].filter(path => path !== undefined).sort();
  return unique.map(path => licenseOf(join(place, path))).join('\n\n');
}

function licenseOf(path) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find(entry => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(path, file), 'utf8').trim() : license;
  return `${name} ${version}\n\n${text}\n`;
}
