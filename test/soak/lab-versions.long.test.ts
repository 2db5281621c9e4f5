/**
 * The extension in the versions that it promises: compiled against the types of the oldest, the browser suite on each
 * JupyterLab, with and without pip's plotly. Notebook 7 has a file of its own: its pages are others.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';
import { titleWith, whyNoLab } from '../helpers/lab.js';
import { root } from '../helpers/project.js';
import { cache, environment, plotlyShare } from './environments.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

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
    ['JupyterLab 4.4 alone', '4.4', false],
    ['JupyterLab 4.4 beside plotly', '4.4', true],
    ['JupyterLab 4.5 alone', '4.5', false],
    ['JupyterLab 4.5 beside plotly', '4.5', true],
    ['JupyterLab 4.6 alone', '4.6', false],
    ['JupyterLab 4.6 beside plotly', '4.6', true]
  ])(
    'passes in %s',
    (_, version, hasPlotly) => {
      // Plotly of pip draws outputs of the same type.
      const lab = venvExecutable(environment(`jupyterlab~=${version}.0`), 'jupyter-lab');
      const share = hasPlotly ? { DECENTLAB_TEST_SHARE: plotlyShare() } : {};
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [vitest, 'run', 'test/browser', '--reporter=verbose', '--testTimeout=300000'],
        { cwd: root, env: { ...process.env, DECENTLAB_TEST_LAB: lab, ...share }, encoding: 'utf8' }
      );
      // What passed is told on one of them, why something failed on the other.
      tell(`${stdout}\n${stderr}`);
      expect(status, `${stdout.slice(-4000)}\n${stderr.slice(-8000)}`).toBe(0);
    },
    SOAK_LIMIT_MS
  );
});

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
