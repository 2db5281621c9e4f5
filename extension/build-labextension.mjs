/** Bundles lib/ into labextension/, the folder that JupyterLab loads; install.json tells Lab's extension manager the way back. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const builder = join(
  dirname(resolve('@jupyter/builder/package.json')),
  'lib/build-labextension.js'
);
const core = join(dirname(resolve('@jupyterlab/core-meta/package.json')), 'core.package.json');

rmSync(join(here, 'labextension'), { recursive: true, force: true });
execFileSync(process.execPath, [builder, '--core-package-file', core, here], { stdio: 'inherit' });
copyFileSync(join(here, 'install.json'), join(here, 'labextension', 'install.json'));
