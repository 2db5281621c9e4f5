/** Executes a notebook by nbclient through the real kernel, in a Jupyter of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';
import { root } from '../helpers/project.js';

const DRIVER = fileURLToPath(new URL('execute.py', import.meta.url));
const DECENTLAB = join(root, 'kernel-runtime/bin/decentlab.mjs');
/** Executed copies stay here, to look at after a failure. */
const ARTIFACTS = join(root, 'test/artifacts/notebooks');

export interface Executed {
  /** The cell that stopped the notebook, or null. */
  readonly failure: {
    readonly cell: number;
    readonly source: string;
    readonly error: string;
  } | null;
  /** The lines that check cells printed: each begins with ✓ or ✗. */
  readonly checks: readonly { readonly cell: number; readonly line: string }[];
  /** Outputs that nobody sees who reads the notebook without our extension. */
  readonly hidden: readonly { readonly cell: number; readonly types: readonly string[] }[];
}

export interface ExecuteOptions {
  /** Ends it early, with its kernel, when the test has run out of time. */
  readonly signal?: AbortSignal;
  /** Values for the cell that is tagged `parameters`, as papermill gives them. Defaults to none. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** Runs all cells of a notebook in its own folder; stops the clusters that it leaves. */
export async function executeNotebook(
  path: string,
  { signal, parameters = {} }: ExecuteOptions = {}
): Promise<Executed> {
  mkdirSync(ARTIFACTS, { recursive: true });
  const runtime = mkdtempSync(join(tmpdir(), 'decentlab-jupyter-'));
  const env = { ...process.env, JUPYTER_RUNTIME_DIR: runtime };
  const report = join(runtime, 'report.json');
  const copy = join(ARTIFACTS, basename(path));
  const args = [DRIVER, path, copy, report, JSON.stringify(parameters)];
  try {
    const python = venvExecutable(join(root, '.venv'), 'python');
    const driver = spawn(python, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    // Not SIGKILL: the driver takes its kernel with it when it is asked to end.
    signal?.addEventListener('abort', () => driver.kill('SIGINT'));
    let said = '';
    driver.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(driver, 'close')) as [number | null];
    if (code !== 0) throw new Error(`The driver of ${path} ended with ${code}:\n${said}`);
    const told = JSON.parse(readFileSync(report, 'utf8')) as Omit<Executed, 'hidden'>;
    return { ...told, hidden: hiddenOutputs(join(ARTIFACTS, basename(path))) };
  } finally {
    stopClusters(env);
    rmSync(runtime, { recursive: true, force: true });
  }
}

/** What every front end shows, with our extension or without: VS Code, GitHub, a printed page. */
const SHOWN_EVERYWHERE = /^image\/|^text\/(?!plain)/;

/** Outputs of an executed notebook that lack plain text, or whose picture only an extension draws. */
function hiddenOutputs(path: string): Executed['hidden'] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as {
    cells: { outputs?: { data?: Record<string, unknown> }[] }[];
  };
  return cells.flatMap(({ outputs = [] }, cell) =>
    outputs
      .flatMap(({ data }) => (data ? [Object.keys(data)] : []))
      .filter(types => {
        const isPicture = types.some(type => type.startsWith('application/'));
        return !types.includes('text/plain') || (isPicture && !types.some(isShown));
      })
      .map(types => ({ cell, types }))
  );
}

const isShown = (type: string): boolean => SHOWN_EVERYWHERE.test(type);

function stopClusters(env: NodeJS.ProcessEnv): void {
  const decentlab = (...args: string[]): string =>
    spawnSync(process.execPath, [DECENTLAB, 'cluster', ...args], { env, encoding: 'utf8' }).stdout;
  const { clusters } = JSON.parse(decentlab('list', '--json')) as { clusters: { id: string }[] };
  for (const { id } of clusters) decentlab('stop', id);
}
