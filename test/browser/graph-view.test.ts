/** The live graph of a cluster: nodes by value, pulses by traffic, a cut link, an engine that is stopped, W beside it. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { startBrowser } from '../helpers/browser.js';
import { Lab, runAllCells, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const limit = 120_000;
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

const cells = [
  "const cluster = await Cluster.start({ engines: 4, topology: 'ring' });",
  '%%px\nlet x = Float64Array.of(rank(), 1);',
  '%%px\nfor (let k = 0; k < 25; k++) {\n  x = await neighborAllreduce(x);\n  await new Promise(resolve => setTimeout(resolve, 40));\n}'
];
const ring = ['0-1', '0-3', '1-0', '1-2', '2-1', '2-3', '3-0', '3-2'];

describe.skipIf(reason !== null)(titleWith('the live graph', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    const files = { 'ring.ipynb': notebookOf(cells.map(source => ({ source }))) };
    [lab, browser] = await Promise.all([Lab.start({ files }), startBrowser()]);
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it(
    'shows what passes over each link, and after a cut over all others but that one',
    async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      await page.goto(lab.url('tree/ring.ipynb'));
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await runAllCells(page);
      await panel.getByRole('button', { name: /^Show the graph/ }).click();
      const graph = page.getByRole('region', { name: /^Graph of cluster/ });
      await expect.poll(() => pulsesOf(graph), { timeout: limit }).toEqual(ring);

      await graph.getByRole('button', { name: /^Engine 0/ }).focus();
      await page.keyboard.press('ArrowRight');
      const inspector = graph.getByRole('region', { name: 'Inspector of engine 1' });
      await inspector.getByRole('row', { name: /x Float64Array 2/ }).waitFor();
      await graph.getByRole('button', { name: /^Engine 1, (busy|idle), [\d.e-]+$/ }).waitFor();
      await graph.getByText('ρ = 0.333, spectral gap 1 − ρ = 0.667').waitFor();
      await lookAt(page, 'graph');

      await inspector.getByRole('button', { name: 'Cut the link between 1 and 2' }).click();
      await graph.getByRole('cell', { name: '0.67' }).nth(1).waitFor();
      await page.getByRole('tab', { name: 'ring.ipynb' }).click();
      await runAllCells(page);
      await page.getByRole('tab', { name: /^Graph of/ }).click();
      const left = ring.filter(key => key !== '1-2' && key !== '2-1');
      await expect.poll(() => pulsesOf(graph), { timeout: limit }).toEqual(left);

      await inspector.getByRole('button', { name: 'Stop this engine' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await graph.getByRole('button', { name: /^Engine 1, lost/ }).waitFor();
      expect(await graveFindings(page, ['.jp-DecentLabGraph', '.jp-DecentLabClusters'])).toEqual(
        []
      );

      await page.reload();
      await graph.getByRole('button', { name: /^Engine 1, lost/ }).waitFor();
      await panel
        .or(page.getByRole('tab', { name: 'DecentLab clusters' }))
        .first()
        .click();
      await page.close();
    },
    limit
  );
});

/** The edges over which a pulse travels now. */
async function pulsesOf(graph: Locator): Promise<string[]> {
  const pulses = await graph.locator('canvas').getAttribute('data-pulses');
  return (pulses ?? '').split(' ').filter(key => key !== '');
}

/** A picture of the page in each of JupyterLab's themes. */
async function lookAt(page: Page, name: string): Promise<void> {
  for (const theme of ['JupyterLab Dark', 'JupyterLab Dark High Contrast', 'JupyterLab Light']) {
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    await page.getByText('Theme', { exact: true }).hover();
    await page.getByRole('menuitem', { name: theme, exact: true }).click();
    await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page.screenshot({ path: `${artifacts}${name}-${theme.split(' ').at(-1)}.png` });
  }
}
