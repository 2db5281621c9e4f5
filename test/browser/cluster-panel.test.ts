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
import { listenToNotices, type Notice } from '../helpers/notices.js';
import { entryOf, search } from '../helpers/palette.js';

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
  const open = async (
    path = ''
  ): Promise<{ page: Page; panel: Locator; executed: { count: number } }> => {
    const page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    const executed = countExecutions(page);
    pages.push(page);
    await page.goto(`${lab.url(path)}&reset`);
    await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
    return { page, panel: page.getByRole('region', { name: 'DecentLab clusters' }), executed };
  };

  it(
    'starts a cluster with no notebook open, stops and restarts one engine, reads its log, in two tabs at once',
    async () => {
      const [{ page, panel }, other] = await Promise.all([open(), open()]);
      const notices = await listenToNotices(page);
      await panel.getByRole('button', { name: 'Start a cluster' }).click();
      await panel.getByLabel('Engines').fill('3');
      await panel.getByLabel('Topology').selectOption('ring');
      await page.keyboard.press('Enter');
      const last = async (): Promise<Notice | undefined> => (await notices()).at(-1);
      const text = expect.stringMatching(/^Cluster \w+ is ready/);
      await expect.poll(last).toMatchObject({ kind: 'success', text });
      const [starting, ready] = await notices();
      expect(starting).toMatchObject({ kind: 'default', text: 'Starting 3 engines' });
      expect(ready?.id).toBe(starting?.id);
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
    'shows the cluster that a cell starts, in the notebook too, also after a restart of the kernel, until it is stopped where Lab lists what runs',
    async () => {
      const { page, panel, executed } = await open('tree/cluster.ipynb');
      await panel.getByText('No cluster is running.').waitFor();
      await page.getByRole('button', { name: 'No cluster', exact: true }).waitFor();
      expect(await whyNot(page, 'Stop cluster')).toBe('There is no cluster');
      await page.screenshot({ path: `${artifacts}palette-reasons.png` });
      await page.keyboard.press('Escape');

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
      const processes = (): Promise<string[]> =>
        engines.getByRole('row').locator('td:nth-child(3)').allTextContents();
      const before = await processes();
      await panel.getByRole('heading', { name: /^Cluster \w+$/ }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Restart cluster' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
      const replaced = async (): Promise<boolean[]> =>
        (await processes()).map((pid, rank) => pid !== '' && pid !== before[rank]);
      await expect.poll(replaced).toEqual([true, true]);
      await engines.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
      // All that by the comm: nothing is run in the kernel but what a person runs.
      expect(executed.count).toBe(2);

      await restartKernel(page);
      await engines.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
      await panel.getByText('used by cluster.ipynb').waitFor();

      const clusters = panel.getByRole('heading', { name: /^Cluster \w+$/ });
      const first = await clusters.innerText();
      await startOne(panel);
      await clusters.nth(1).waitFor();
      await page.keyboard.press('Control+Shift+L');
      const reason = 'There are several clusters: choose one in the panel';
      await expect.poll(() => whyNot(page, 'Stop cluster')).toBe(reason);
      await page.keyboard.press('Escape');

      // The section of what runs: one of them stopped, then all.
      const section = page.getByRole('region', { name: 'DecentLab clusters Section' });
      const shown = (): Promise<string[]> => section.getByRole('treeitem').allTextContents();
      const runs = page.getByRole('tab', { name: 'Running Terminals and Kernels' });
      await runs.click();
      const item = section.getByRole('treeitem', { name: first });
      await item.hover();
      await page.screenshot({ path: `${artifacts}running.png` });
      await item.getByTitle('Stop cluster').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await expect.poll(shown).toEqual([expect.stringContaining('1 of 1 engine ready')]);

      // That a cluster was clicked which has ended since is forgotten.
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      const [last] = await processes();
      await page.keyboard.press('Control+Alt+R');
      await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
      await expect.poll(async () => (await processes())[0] ?? '').toMatch(anotherThan(last));
      await engines.getByRole('cell', { name: 'idle' }).waitFor();
      await startOne(panel);
      await clusters.nth(1).waitFor();
      await runs.click();
      await page.getByRole('button', { name: 'Stop all' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop all' }).click();
      await expect.poll(shown).toEqual([]);
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      await panel.getByText('No cluster is running.').waitFor();
    },
    limit
  );
});

/** Starts a cluster of one engine beside those that run. */
async function startOne(panel: Locator): Promise<void> {
  await panel.getByRole('button', { name: 'New cluster' }).click();
  await panel.getByRole('spinbutton', { name: 'Engines' }).fill('1');
  await panel.getByRole('button', { name: 'Start', exact: true }).click();
}

/** What the palette, which stays open, shows below a command that cannot be used. */
async function whyNot(page: Page, label: string): Promise<string> {
  await search(page, label);
  const entry = entryOf(page, label).and(page.locator('.lm-mod-disabled'));
  return entry.locator('.lm-CommandPalette-itemCaption').innerText();
}

/** A process other than this one. */
function anotherThan(pid = ''): RegExp {
  return new RegExp(`^(?!${pid}$)\\d+$`);
}

/** How often a page asks a kernel to run code. */
function countExecutions(page: Page): { count: number } {
  const executed = { count: 0 };
  page.on('websocket', socket =>
    socket.on('framesent', ({ payload }) => {
      if (payload.includes('"execute_request"')) executed.count++;
    })
  );
  return executed;
}

/** The process that steers the only cluster of this Lab. */
function controllerPid(lab: Lab): number {
  const folder = join(lab.runtimeFolder, 'decentlab');
  const [name] = readdirSync(folder).filter(file => file.endsWith('.json'));
  const file = JSON.parse(readFileSync(join(folder, String(name)), 'utf8')) as { pid: number };
  return file.pid;
}
