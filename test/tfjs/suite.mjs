/**
 * The test suite of tfjs-core on one of our backends: `npm run test:torch [-- part of a test's name]`. Prints the tests
 * that fail, then `N passed, N failed, N excluded`; what is excluded stands in `exclusions.mjs`, with reasons.
 * `--bundle FILE` only writes the one file of all tests, which serves where there is no bundler if it is named
 * `suite.bundle.mjs`; `--lenient` ends well with failures too. DECENTLAB_SUITE_KIND=gpu runs them on the GPU.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { exclusions } from './exclusions.mjs';

const { values, positionals } = parseArgs({
  options: { bundle: { type: 'string' }, lenient: { type: 'boolean' } },
  allowPositionals: true
});
const [backendName, part = ''] = positionals;
const root = fileURLToPath(new URL('../..', import.meta.url));
process.env['DECENTLAB_NATIVE'] ??= join(root, '.venv', 'decentlab');
process.env['DECENTLAB_BACKEND'] = backendName;
const require = createRequire(import.meta.url);
const BUILDS_IN = '@tensorflow/tfjs-core/dist';

/** One file with one tfjs-core in it: the tests import its parts, backends the whole. */
const ENTRY = `
  import * as tf from '${BUILDS_IN}/index.js';
  import '${BUILDS_IN}/register_all_gradients.js';
  import '${BUILDS_IN}/public/chained_ops/register_all_chained_ops.js';
  import '@tensorflow/tfjs-backend-cpu/dist/register_all_kernels.js';
  import '@tensorflow/tfjs-backend-cpu/dist/base.js';
  import { setTestEnvs } from '${BUILDS_IN}/jasmine_util.js';
  import { backends } from './kernel-runtime/src/mathematics/tensor/backends/table.ts';
  import { fuseReluGradient } from './kernel-runtime/src/mathematics/tensor/fused/relu-gradient.ts';
  const backend = backends.find(({ name }) => name === '${backendName}');
  export const missing = backend.missing();
  if (!missing) {
    fuseReluGradient(tf);
    await backend.start(tf, process.env.DECENTLAB_SUITE_KIND ?? 'cpu');
    setTestEnvs([{ name: 'test-${backendName}', backendName: '${backendName}', isDataSync: true }]);
    await import('${BUILDS_IN}/tests.js');
  }
`;

const ready = fileURLToPath(new URL('suite.bundle.mjs', import.meta.url));
const artifacts = join(root, 'test', 'artifacts');
mkdirSync(artifacts, { recursive: true });
const folder = mkdtempSync(join(artifacts, 'tfjs-'));
try {
  process.exitCode = values.bundle ? await bundle(values.bundle) : await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bundle(outfile) {
  const { build } = await import('esbuild');
  await build({
    stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    // tfjs-core says that its tests have no effect, and they would be left out.
    ignoreAnnotations: true,
    external: ['jasmine-core', 'webgpu'],
    banner: {
      js: "import { createRequire as $c } from 'node:module'; const require = $c(import.meta.url);"
    },
    logLevel: 'error'
  });
  return 0;
}

async function main() {
  const outfile = existsSync(ready) ? ready : join(folder, 'suite.mjs');
  if (outfile !== ready) await bundle(outfile);
  const jasmineRequire = require('jasmine-core');
  const jasmine = jasmineRequire.boot(jasmineRequire);
  const env = jasmine.getEnv();
  const { missing } = await import(pathToFileURL(outfile).href);
  if (missing) {
    console.log(`${backendName}: ${missing.reason}. ${missing.remedy}`);
    return 1;
  }
  return run(env);
}

async function run(env) {
  const count = { passed: 0, failed: 0, excluded: 0 };
  const suffix = new RegExp(` test-${backendName} \\{\\}`, 'g');
  const nameOf = spec => spec.getFullName().replace(suffix, '');
  env.configure({
    random: false,
    specFilter: spec => {
      const name = nameOf(spec);
      if (!name.includes(part)) return false;
      const isExcluded = exclusions(backendName).some(({ test }) => test.test(name));
      if (isExcluded) count.excluded += 1;
      return !isExcluded;
    }
  });
  env.addReporter({
    suiteDone({ failedExpectations, fullName }) {
      for (const { message } of failedExpectations) console.log(`✗ ${fullName}\n    ${message}`);
    },
    specDone({ status, fullName, failedExpectations }) {
      if (status === 'passed') count.passed += 1;
      if (status !== 'failed') return;
      count.failed += 1;
      const [{ message }] = failedExpectations;
      console.log(`✗ ${fullName.replace(suffix, '')}\n    ${message.split('\n')[0].slice(0, 200)}`);
    }
  });
  await env.execute();
  const { passed, failed, excluded } = count;
  console.log(`${passed} passed, ${failed} failed, ${excluded} excluded`);
  return values.lenient || (failed === 0 && passed > 0) ? 0 : 1;
}
