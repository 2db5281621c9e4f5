/** Runs vitest on some folders with some Node, and brings back its totals. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterSecondTry, type Totals } from './totals.js';

export interface VitestOptions {
  readonly root: string;
  /** The Node that runs the tests and the processes they start. Defaults to this one. */
  readonly node?: string;
  /** Parts of paths of test files. Defaults to all files. */
  readonly filters?: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** More than a moment's slowness would explain: they are told as they are. */
const MOST_FILES = 5;

/**
 * Runs the tests; where `CI` is set, files that failed run once more, one at a time: a machine that others use may be
 * slow for a moment. A whole file, since many tests go on from where the one before them ended.
 */
export async function runWithSecondTry(options: VitestOptions): Promise<Totals> {
  const first = await runVitest(options);
  const files = Object.keys(first.files ?? {});
  const isTold = first.failures.length === first.failed;
  if (!process.env['CI'] || !isTold || files.length === 0 || files.length > MOST_FILES)
    return first;
  console.log(`\nA second try: ${files.join(', ')}`);
  return afterSecondTry(
    first,
    await runVitest({ ...options, filters: [...files, '--maxWorkers=1'] })
  );
}

/** Runs the tests with their output on the terminal. A run that leaves no totals counts as one failure. */
export async function runVitest(options: VitestOptions): Promise<Totals> {
  const { root, node = process.execPath, filters = [], env } = options;
  const folder = mkdtempSync(join(tmpdir(), 'decentlab-test-'));
  const file = join(folder, 'totals.json');
  try {
    const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(node, [program, 'run', ...filters], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, DECENTLAB_TEST_TOTALS: file }
    });
    await once(child, 'close');
    return JSON.parse(readFileSync(file, 'utf8')) as Totals;
  } catch (error) {
    const failure = `vitest did not run to its end: ${String(error)}`;
    return { passed: 0, failed: 1, skipped: 0, failures: [failure], repeated: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
