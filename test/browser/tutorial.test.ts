/** A tutorial as a student runs it: all cells, and a line for each of the eight engines. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, runAllCells, titleWith, whyNoLab } from '../helpers/lab.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
/** Pixels by the wheel, less than what is in sight. */
const oneTurn = 300;
const tutorial = 'tutorials/02-average-consensus.ipynb';
const reason = whyNoLab([tutorial, 'kernel-runtime/dist/programs/kernel.js']);

describe.skipIf(reason !== null)(titleWith('the tutorial on average consensus', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    [lab, browser] = await Promise.all([Lab.start({ folders: ['tutorials'] }), startBrowser()]);
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it(
    'runs from top to bottom and draws a line for each of the eight engines',
    async () => {
      const page = await openPage(browser, { viewport: { width: 1280, height: 1000 } });
      await page.goto(lab.url(`tree/${tutorial}`));
      await runAllCells(page);
      const errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]');
      const lastRan = page
        .locator('.jp-CodeCell')
        .last()
        .getByText(/^\[\d+\]:$/);
      await lastRan
        .or(errors)
        .first()
        .waitFor({ timeout: limit / 2 });
      expect(await errors.allTextContents()).toEqual([]);

      const mostLines = (): Promise<number> =>
        page.locator('.js-plotly-plot').evaluateAll(plots => {
          const counts = plots.map(node => node.querySelectorAll('.scatterlayer .trace').length);
          return Math.max(0, ...counts);
        });
      await expect.poll(mostLines).toBeGreaterThanOrEqual(8);

      const engines = page.getByRole('table', { name: /Engines of cluster/ });
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      await engines.getByRole('cell', { name: 'idle' }).nth(7).waitFor();
      const plot = page.locator('.js-plotly-plot').filter({ hasText: 'Average consensus' });
      await page.locator('.jp-Notebook').hover();
      // The notebook places its cells while it scrolls, so the first scroll may end elsewhere; JupyterLab 4.4 hides
      // those out of sight, to which it can only be turned by the wheel.
      const isInView = async (): Promise<boolean> => {
        if ((await plot.boundingBox()) === null) await page.mouse.wheel(0, -oneTurn);
        else await plot.evaluate(node => node.scrollIntoView({ block: 'center' }));
        const box = await plot.boundingBox();
        return box !== null && box.y > 100 && box.y + box.height < 900;
      };
      await expect.poll(isInView).toBe(true);
      await page.screenshot({ path: `${artifacts}tutorial.png` });
      await page.close();
    },
    limit
  );
});
