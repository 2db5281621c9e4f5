/**
 * The tests in four groups, one after another: files that share a process, files that start clusters and kernels, files
 * that look at pages, and files that look at the machine itself (leaks, drift), which run alone.
 */
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.js';

const LIGHT = [
  ...['mathematics', 'laboratory', 'structure', 'extension', 'cells'],
  ...['collectives', 'controller', 'net', 'protocol'].map(name => `cluster/${name}`)
];
const HEAVY = ['cluster', 'jupyter', 'shell', 'notebooks'];
const BROWSER = ['browser'];
const ALONE = ['soak'];
const MINUTE = 60_000;

/** Tests without a short form belong to `npm run soak` alone. */
const LONG = process.env['DECENTLAB_SOAK'] === 'long' ? [] : ['test/soak/**/*.long.test.ts'];

const files = (folders: string[]) => folders.map(folder => `test/${folder}/**/*.test.ts`);
const common = {
  pool: 'forks',
  // Five times what any test takes: they only end what hangs, on the slowest machine too.
  testTimeout: 2 * MINUTE,
  hookTimeout: 2 * MINUTE,
  expect: { poll: { timeout: MINUTE } },
  // What tests run is not what the user will want to recall, and a faster backend that is set up changes no test.
  env: { DECENTLAB_HISTORY: 'off', DECENTLAB_BACKEND: 'wasm' }
} as const;

/** What is built runs as it is, as it does for users. */
const server = { deps: { external: [/\/kernel-runtime\/dist\//] } };

export default defineConfig({
  test: {
    reporters: ['default', './test/helpers/reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          server,
          name: 'light',
          // They change nothing that others see, and need not load the sources one file after the other.
          isolate: false,
          include: files(LIGHT),
          maxWorkers: 2,
          sequence: { groupOrder: 0 }
        }
      },
      {
        test: {
          ...common,
          server,
          name: 'heavy',
          include: files(HEAVY),
          exclude: files(LIGHT),
          maxWorkers: 2,
          sequence: { groupOrder: 1 }
        }
      },
      {
        test: {
          ...common,
          server,
          name: 'browser',
          include: files(BROWSER),
          maxWorkers: 2,
          runner: './test/helpers/pages-at-failure.ts',
          sequence: { groupOrder: 2 }
        }
      },
      {
        test: {
          ...common,
          server,
          name: 'alone',
          include: files(ALONE),
          exclude: LONG,
          maxWorkers: 1,
          sequence: { groupOrder: 3 }
        }
      }
    ]
  }
});
