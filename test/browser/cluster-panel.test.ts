/** The panel beside a running notebook: a cluster comes, its engines are listed, Stop ends it. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../helpers/browser.js';
import { Lab, restartKernel, runAllCells, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const limit = 90_000;
const reason = whyNoLab(['kernel-runtime/dist/jupyter/kernel/main.js']);

describe.skipIf(reason !== null)(titleWith('the panel of clusters', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    const source = 'const cluster = await Cluster.start({ engines: 2 });';
    const files = { 'cluster.ipynb': notebookOf([{ source }]) };
    [lab, browser] = await Promise.all([Lab.start({ files }), startBrowser()]);
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it(
    'shows the engines of a cluster that a cell starts, also after a restart of the kernel, until Stop is pressed',
    async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(lab.url('tree/cluster.ipynb'));
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await panel.getByText('No cluster yet').waitFor();

      await runAllCells(page);
      const engines = panel.getByRole('table', { name: /Engines of cluster/ });
      await engines.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
      expect(await panel.getByText('2 of 2 engines ready').count()).toBe(1);
      expect(await panel.getByText('used by cluster.ipynb').count()).toBe(1);
      await page.screenshot({ path: `${artifacts}panel-cluster.png` });

      await restartKernel(page);
      await engines.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
      await panel.getByRole('button', { name: /^Stop cluster/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await panel.getByText('No cluster yet').waitFor();
      await page.close();
    },
    limit
  );
});
