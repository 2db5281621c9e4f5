/** The timeline of a cluster: lanes of what runs now, throughput, consensus beside theory; nothing while nobody looks. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import {
  Lab,
  runAllCells,
  runUntilSeen,
  titleWith,
  toggleStatusBar,
  whyNoLab
} from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { pictures } from '../helpers/themes.js';
import { countStats } from '../helpers/traffic.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
/** A second; the settings may ask for up to four. */
const redraws = 2;
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

const cells = [
  "const cluster = await Cluster.start({ engines: 4, topology: 'ring' });",
  '%%px\nlet x = Float64Array.of(rank(), 1);',
  [
    '%%px',
    'for (let k = 0; k < 40; k++) {',
    '  if (rank() === 1) await new Promise(resolve => setTimeout(resolve, 60));',
    '  x = await neighborAllreduce(x);',
    '}'
  ].join('\n')
];

describe.skipIf(reason !== null)(titleWith('the timeline', reason), () => {
  let lab: Lab;
  let browser: Browser;

  // For each try: what one left in the notebook and the layout would fail the next.
  beforeEach(async () => {
    mkdirSync(artifacts, { recursive: true });
    const files = { 'ring.ipynb': notebookOf(cells.map(source => ({ source }))) };
    const settings = { 'jupyterlab-decentlab/views': { redraws } };
    [lab, browser] = await Promise.all([Lab.start({ files, settings }), startBrowser()]);
  }, limit);

  afterEach(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it(
    'shows who computes and who waits, names a span by pointer and key, pauses, and rests while hidden',
    async () => {
      const page = await openPage(browser, { viewport: { width: 1400, height: 900 } });
      const told = countStats(page);
      await page.goto(lab.url('tree/ring.ipynb'));
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      await toggleStatusBar(page);
      await runAllCells(page);
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await panel.getByRole('button', { name: /^Show the timeline/ }).click();
      const view = page.getByRole('region', { name: /^Timeline of cluster/ });
      await view.getByText(/^Consensus distance of x: [\d.e-]+$/).waitFor();
      await view.getByText(/^Throughput: [\d.]+ (B|KB) a second$/).waitFor();
      await view.getByText('theory, ρ^2k').first().waitFor();

      await view.getByText('The last 10 seconds as a table').click();
      const table = view.getByRole('table', {
        name: 'What the engines did in the last 10 seconds'
      });
      const row = table.getByRole('row', { name: /^0 .*busy \d+ % [1-9]\d* %/ });
      const lanes = view.getByRole('group', { name: /^Lanes of the engines/ });
      /** What is seen must still be there in the paused view: the first look may find only what has not ended yet. */
      const isSeen = async (): Promise<boolean> => {
        if (!(await row.isVisible())) return false;
        await view.getByRole('button', { name: 'Pause' }).click();
        const hasSent = (await namesUnderPointer(page, lanes)).includes('send: neighborAllreduce');
        if (hasSent && (await row.isVisible())) return true;
        await view.getByRole('button', { name: 'Go on' }).click();
        return false;
      };
      let runs =
        1 + (await runUntilSeen(page, { notebook: 'ring.ipynb', view: /^Timeline of/, isSeen }));
      await pictures(page, `${artifacts}timeline`);
      // In the colours of another theme both curves are still there, though nothing new comes.
      expect(await view.locator('.uplot').count()).toBe(2);

      const words = view.getByRole('status');
      await page.mouse.move(0, 0);
      await lanes.focus();
      const next = async (): Promise<string | null> => {
        await page.keyboard.press('ArrowDown');
        return words.textContent();
      };
      const said = [await next()];
      expect(said[0]).toMatch(/^Engine 0, /);
      while (said.at(-1) !== said.at(-2)) said.push(await next());
      for (const what of ['compute: cell', 'wait: neighborAllreduce', 'send: neighborAllreduce'])
        expect(said.join('\n')).toContain(what);
      await page.keyboard.press('Escape');
      expect(await words.isVisible()).toBe(false);
      const places = ['.jp-DecentLabTimeline', '.jp-DecentLabClusters'];
      expect(await graveFindings(page, places)).toEqual([]);

      const draws = (): Promise<number> => page.locator('.jp-DecentLabTimeline-lanes canvas').evaluate(node => Number(node.dataset['draws'])); // prettier-ignore
      await page.mouse.move(0, 0);
      const paused = [await draws(), told.count];
      /** The third cell of so many runs has ended, or one before it. */
      const ended = (run: number, cell = cells.length): Promise<void> =>
        page
          .getByText(`[${(run - 1) * cells.length + cell}]:`)
          .first()
          .waitFor();
      await page.getByRole('tab', { name: 'ring.ipynb' }).click();
      await runAllCells(page);
      await ended(++runs);
      expect([await draws(), told.count]).toEqual(paused);

      await page.getByRole('tab', { name: /^Timeline of/ }).click();
      await view.getByRole('button', { name: 'Go on' }).click();
      await expect.poll(draws).toBeGreaterThan(paused[0] ?? 0);
      // The clock runs before the first look and until after the last: a late answer makes no rate look higher.
      const begun = Date.now();
      const first = await draws();
      await expect.poll(draws).toBeGreaterThan(first + 5);
      const [last, elapsed] = [await draws(), Date.now() - begun];
      expect((last - first - 1) / (elapsed / 1000)).toBeLessThanOrEqual(redraws);
      await page.getByRole('tab', { name: 'ring.ipynb' }).click();
      await runAllCells(page);
      await ended(++runs, 1);
      const hidden = [await draws(), told.count];
      await ended(runs);
      expect([await draws(), told.count]).toEqual(hidden);

      await page.reload();
      // A page that comes back may show another tab once more before it has settled.
      const isShown = async (): Promise<boolean> => {
        await page.getByRole('tab', { name: /^Timeline of/ }).click();
        return view.getByText(/^Throughput: [\d.]+ K?B a second$/).isVisible();
      };
      await expect.poll(isShown).toBe(true);
      await expect.poll(draws).toBeGreaterThan(2);
      await page.close();
    },
    limit
  );
});

/** What the lanes say at places all over them, while they stand still. */
async function namesUnderPointer(page: Page, lanes: Locator): Promise<string> {
  const box = await lanes.boundingBox();
  if (!box) throw new Error('The lanes are not shown.');
  const said = new Set<string>();
  const words = lanes.locator('[role=status]:not([hidden])');
  for (let y = box.y + 25; y < box.y + box.height / 3; y += 6)
    for (let x = box.x + box.width - 10; x > box.x + 80; x -= 12) {
      await page.mouse.move(x, y);
      for (const text of await words.allTextContents()) said.add(text);
      if ([...said].some(text => text.includes('send'))) return [...said].join();
    }
  return [...said].join();
}
