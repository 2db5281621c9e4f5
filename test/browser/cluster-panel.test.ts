/** The panel of clusters as a person meets it: with a notebook, without one, and when things die behind its back. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, restartKernel, runAllCells, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

describe.skipIf(reason !== null)(titleWith('the panel of clusters', reason), () => {
  let lab: Lab;
  let browser: Browser;
  const pages: Page[] = [];

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    const cells = ['const cluster = await Cluster.start({ engines: 2 });', '%%px\nlet x = rank();'];
    const files = { 'cluster.ipynb': notebookOf(cells.map(source => ({ source }))) };
    [lab, browser] = await Promise.all([Lab.start({ files }), startBrowser()]);
  }, limit);

  afterEach(async () => {
    await Promise.all(pages.splice(0).map(page => page.close()));
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  /** A page of its own with the panel open. */
  const open = async (path = ''): Promise<{ page: Page; panel: Locator }> => {
    const page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    pages.push(page);
    await page.goto(`${lab.url(path)}&reset`);
    await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
    return { page, panel: page.getByRole('region', { name: 'DecentLab clusters' }) };
  };

  it(
    'starts a cluster with no notebook open, stops and restarts one engine, reads its log, in two tabs at once',
    async () => {
      const [{ page, panel }, other] = await Promise.all([open(), open()]);
      await panel.getByRole('button', { name: 'Start a cluster' }).click();
      await panel.getByLabel('Engines').fill('3');
      await panel.getByLabel('Topology').selectOption('ring');
      await page.keyboard.press('Enter');
      await page.getByText(/Cluster \w+ is ready/).waitFor();
      const idle = panel.getByRole('cell', { name: 'idle' });
      await idle.nth(2).waitFor();
      await other.panel.getByText('3 of 3 engines ready').waitFor();

      await panel.getByRole('button', { name: 'Stop engine 1' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await other.panel.getByRole('cell', { name: /lost/ }).waitFor();
      await panel
        .getByRole('status')
        .getByText(/Engine 1 of cluster \w+ is lost/)
        .waitFor();
      await page.screenshot({ path: `${artifacts}panel-lost.png` });
      await panel.getByRole('button', { name: 'Log of engine 0' }).click();
      await page
        .getByRole('log', { name: 'Log of engine 0' })
        .getByText('The engine has printed nothing')
        .waitFor();
      await panel.getByRole('button', { name: 'Restart engine 1' }).click();
      await idle.nth(2).waitFor();

      await page.reload();
      await idle.nth(2).waitFor();
      process.kill(controllerPid(lab), 'SIGKILL');
      await panel.getByText('No cluster is running.').waitFor();
      await other.panel.getByText('No cluster is running.').waitFor();
    },
    limit
  );

  it(
    'shows the cluster that a cell starts, in the notebook too, also after a restart of the kernel, until Stop is pressed',
    async () => {
      const { page, panel } = await open('tree/cluster.ipynb');
      await panel.getByText('No cluster is running.').waitFor();
      await page.getByRole('button', { name: 'No cluster', exact: true }).waitFor();

      await runAllCells(page);
      const engines = panel.getByRole('table', { name: /Engines of cluster/ });
      await engines.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
      expect(await panel.getByText('2 of 2 engines ready').count()).toBe(1);
      await panel.getByText('used by cluster.ipynb').waitFor();
      // In the toolbar of the notebook, and in the status bar.
      const chips = page.getByRole('button', { name: '2/2 engines' });
      await chips.nth(1).waitFor();
      await page.getByTitle('This cell runs on the engines.').waitFor();
      await page.getByText('[2]:').first().waitFor();
      await page.screenshot({ path: `${artifacts}panel-cluster.png` });

      await panel.getByRole('button', { name: 'Restart engine 1' }).click();
      await page.getByTitle('The engines were restarted since: run this cell again.').waitFor();
      await chips.nth(1).waitFor();
      const places = ['.jp-DecentLabClusters', '.jp-DecentLabChip', '.jp-DecentLab-badge'];
      expect(await graveFindings(page, places)).toEqual([]);
      await page.getByRole('tab', { name: 'Running Terminals and Kernels' }).click();
      await page.getByText('Stop all', { exact: true }).waitFor();
      await page.getByText('2 of 2 engines ready').first().waitFor();
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();

      await restartKernel(page);
      await engines.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
      await panel.getByText('used by cluster.ipynb').waitFor();
      await panel.getByRole('button', { name: /^Stop cluster/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await panel.getByText('No cluster is running.').waitFor();
    },
    limit
  );
});

/** The process that steers the only cluster of this Lab. */
function controllerPid(lab: Lab): number {
  const folder = join(lab.runtimeFolder, 'decentlab');
  const [name] = readdirSync(folder).filter(file => file.endsWith('.json'));
  const file = JSON.parse(readFileSync(join(folder, String(name)), 'utf8')) as { pid: number };
  return file.pid;
}
