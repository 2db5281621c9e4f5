/**
 * The extension in the versions that it promises: compiled against the types of the oldest, the browser suite on each
 * JupyterLab, Notebook 7 beside them, with and without pip's plotly. Environments are made on demand and kept in the cache.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';
import { startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { root } from '../helpers/project.js';
import { venvPython } from '../helpers/venv.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

const cache = join(root, 'node_modules/.cache/decentlab');
const suite = ['cluster-panel', 'extension', 'graph-view', 'keyboard', 'manners'];
const reason = whyNoLab(['kernel-runtime/dist/jupyter/kernel/main.js']);

describe('the oldest JupyterLab', () => {
  it(
    'has all that the extension uses of its packages',
    () => {
      const folder = oldTypes();
      expect(complaints(folder)).toBe('');
      // Came with JupyterLab 4.6.
      const planted = join(folder, 'planted.ts');
      writeFileSync(
        planted,
        "import { IMovableSectionRegistry } from '@jupyterlab/apputils';\nvoid IMovableSectionRegistry;\n"
      );
      const said = complaints(folder);
      rmSync(planted);
      expect(said).toContain('IMovableSectionRegistry');
    },
    SOAK_LIMIT_MS
  );
});

describe.skipIf(reason !== null)(titleWith('the browser suite', reason), () => {
  it.each([
    ['JupyterLab 4.4', 'jupyterlab~=4.4.0', false],
    ['JupyterLab 4.5', 'jupyterlab~=4.5.0', false],
    ['JupyterLab 4.4 with plotly of pip', 'jupyterlab~=4.4.0', true],
    ['JupyterLab 4.6 with plotly of pip', 'jupyterlab~=4.6.0', true]
  ])(
    'passes in %s',
    (_, requirement, hasPlotly) => {
      const lab = venvExecutable(environment(requirement), 'jupyter-lab');
      const share = hasPlotly ? { DECENTLAB_TEST_SHARE: plotlyShare() } : {};
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      const files = suite.map(name => `test/browser/${name}.test.ts`);
      const { status, stdout } = spawnSync(
        process.execPath,
        [vitest, 'run', ...files, '--reporter=verbose', '--testTimeout=300000'],
        { cwd: root, env: { ...process.env, DECENTLAB_TEST_LAB: lab, ...share }, encoding: 'utf8' }
      );
      tell(stdout);
      expect(status, stdout.slice(-4000)).toBe(0);
    },
    SOAK_LIMIT_MS
  );
});

describe.skipIf(reason !== null)(titleWith('Notebook 7', reason), () => {
  let server: Lab;
  let browser: Browser;

  beforeAll(async () => {
    const program = venvExecutable(environment('notebook>=7.4,<8'), 'jupyter-notebook');
    const files = { 'work.ipynb': notebookOf([{ source: '%%px\nrank() * 10' }]) };
    [server, browser] = await Promise.all([Lab.start({ files, program }), startBrowser()]);
  }, SOAK_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it(
    'starts a cluster from the chip of a notebook, runs a cell on it, shows panel, log and graph',
    async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(server.address('notebooks/work.ipynb'));
      await page.getByRole('button', { name: 'No cluster', exact: true }).click();
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await panel.getByLabel('Engines').fill('2');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: '2/2 engines' }).first().waitFor();
      await page.locator('.jp-CodeCell .cm-content').first().click();
      await page.keyboard.press('Control+Enter');
      await page.getByText('10', { exact: true }).first().waitFor();
      await page.screenshot({ path: join(root, 'test/artifacts/notebook7.png') });
      await panel.getByRole('button', { name: 'Log of engine 1' }).click();
      await page.getByRole('log', { name: 'Log of engine 1' }).waitFor();
      await panel.getByRole('button', { name: /^Show the graph/ }).click();
      await page.getByRole('button', { name: /^Engine 1, idle/ }).waitFor();
      await page.screenshot({ path: join(root, 'test/artifacts/notebook7-graph.png') });
    },
    SOAK_LIMIT_MS
  );
});

/** A virtual environment with this requirement of pip's. */
function environment(requirement: string): string {
  const folder = join(cache, requirement.replace(/[^\w.]+/g, '-'));
  if (existsSync(join(folder, 'ready'))) return folder;
  execFileSync(venvPython() ?? 'python3', ['-m', 'venv', '--clear', folder]);
  pip(venvExecutable(folder, 'python'), [requirement]);
  writeFileSync(join(folder, 'ready'), '');
  return folder;
}

/** A folder for JUPYTER_PATH with plotly's own renderer of the MIME type that ours draws too. */
function plotlyShare(): string {
  const folder = join(cache, 'plotly');
  const share = join(folder, 'share/jupyter');
  if (!existsSync(share))
    pip(venvPython() ?? 'python3', ['--no-deps', '--target', folder, 'plotly']);
  return share;
}

function pip(python: string, args: readonly string[]): void {
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  execFileSync(python, [...install, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A folder with the packages of JupyterLab at the lowest versions that the extension admits, and a configuration of tsc. */
function oldTypes(): string {
  const folder = join(cache, 'oldest-types');
  const configuration = join(folder, 'tsconfig.json');
  if (existsSync(configuration)) return folder;
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, 'extension/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const wanted = all
    .filter(([name]) => /^@jupyterlab\/|^@lumino\/|^@types\/|^react$/.test(name))
    .map(([name, range]) => [
      name,
      /^@(jupyterlab|lumino)/.test(name) ? range.replace('^', '~') : range
    ]);
  writeJson(join(folder, 'package.json'), {
    private: true,
    dependencies: Object.fromEntries(wanted)
  });
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    stdio: 'ignore'
  });
  const own = ['@jupyterlab/*', '@lumino/*'];
  writeJson(configuration, {
    extends: join(root, 'extension/tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      incremental: false,
      declaration: false,
      rootDir: '/',
      paths: Object.fromEntries(own.map(name => [name, [join(folder, 'node_modules', name)]]))
    },
    include: [join(root, 'extension/src'), folder],
    exclude: [join(folder, 'node_modules')]
  });
  return folder;
}

/** What the compiler says of the extension with these packages. */
function complaints(folder: string): string {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', join(folder, 'tsconfig.json')];
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
}

function writeJson(path: string, content: unknown): void {
  writeFileSync(path, JSON.stringify(content, null, 2));
}
