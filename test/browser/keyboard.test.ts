/** Panel, graph, inspector and W without a mouse, heard instead of seen, and with still pictures for those who ask for them. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
/** Steps by Tab within which every control has to come. */
const mostSteps = 40;
/** Pictures a second of the graph. */
const frames = 10;
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);
const endless =
  '%%px\nlet x = Float64Array.of(rank(), 1);\nwhile (true) {\n  x = await neighborAllreduce(x);\n  await new Promise(go => setTimeout(go, 30));\n}';

describe.skipIf(reason !== null)(titleWith('without a mouse', reason), () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  let panel: Locator;
  let graph: Locator;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    const files = { 'work.ipynb': notebookOf([{ source: endless }]) };
    const settings = { 'jupyterlab-decentlab/views': { frames } };
    [lab, browser] = await Promise.all([Lab.start({ files, settings }), startBrowser()]);
    const viewport = { width: 1400, height: 900 };
    page = await openPage(browser, { viewport, reducedMotion: 'reduce' });
    panel = page.getByRole('region', { name: 'DecentLab clusters' });
    graph = page.getByRole('region', { name: /^Graph of cluster/ });
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  /** Goes on by Tab until the control is reached. */
  const tabTo = async (control: Locator): Promise<void> => {
    const isReached = () => control.evaluate(node => node === document.activeElement);
    for (let step = 0; step < mostSteps; step++) {
      if (await isReached()) {
        expect(await control.evaluate(ringOf), String(control)).not.toBe('none');
        return;
      }
      await page.keyboard.press('Tab');
    }
    const focused = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
    throw new Error(`${mostSteps} times Tab did not lead to ${String(control)}, but to ${focused}`);
  };
  const button = (inside: Locator, name: string | RegExp): Locator =>
    inside.getByRole('button', { name });

  it(
    'a cluster is started, and its news are told',
    async () => {
      await page.goto(lab.url('tree/work.ipynb'));
      await page.getByText(/^TypeScript \(DecentLab\) \| Idle$/).waitFor();
      await page.keyboard.press('Control+Alt+C');
      await panel.getByText('No cluster is running.').waitFor();
      await tabTo(button(panel, 'Start a cluster'));
      await page.keyboard.press('Enter');
      await tabTo(panel.getByLabel('Engines'));
      expect(await graveFindings(page, ['.jp-DecentLabClusters'])).toEqual([]);
      await page.keyboard.type('3');
      await tabTo(panel.getByLabel('Topology'));
      await page.keyboard.press('ArrowDown');
      await tabTo(button(panel, /^Start$/));
      await page.keyboard.press('Enter');
      await panel
        .getByRole('status')
        .getByText(/Cluster \w+ is here with 3 engines/)
        .waitFor();
      await panel.getByText('3 of 3 engines ready').waitFor();
    },
    limit
  );

  it(
    'the graph opens; with reduced motion a link lights up as a whole instead of sending a dot',
    async () => {
      await page.locator('.jp-CodeCell .cm-content').click();
      await page.keyboard.press('Control+Enter');
      await page.keyboard.press('Control+Alt+C');
      await tabTo(button(panel, /^Show the graph of cluster/));
      await page.keyboard.press('Enter');
      await button(graph, /^Engine 2, busy/).waitFor();
      await expect.poll(() => litPoints(graph)).toBe(points);
      expect(await picturesASecond(graph)).toBeLessThanOrEqual(1.05 * frames);
      await page.screenshot({ path: `${artifacts}graph-still.png` });
    },
    limit
  );

  it(
    'the status bar tells how many messages pass, under a name and in a place that stand still',
    async () => {
      const status = button(page.locator('#jp-main-statusbar'), '3/3 engines');
      const rate = async (): Promise<number> =>
        Number(/3\/3 engines · ([\d.]+) msg\/s$/.exec((await status.textContent()) ?? '')?.[1]);
      await expect.poll(rate).toBeGreaterThan(1);
      await page.screenshot({ path: `${artifacts}status-bar.png` });
      // What changes several times a second is no part of what is read aloud by itself.
      expect(await status.ariaSnapshot()).toBe('- button "3/3 engines"');
      expect(await status.locator('xpath=ancestor-or-self::*[@aria-live]').count()).toBe(0);
      await status.focus();
      await status.and(page.getByTitle(/^Cluster \w+: 3 of 3 engines ready, [\d.]+ messages a/)).waitFor(); // prettier-ignore
      const width = (await status.boundingBox())?.width;
      await page.keyboard.press('Control+Alt+I');
      await expect.poll(rate).toBe(0);
      expect((await status.boundingBox())?.width).toBe(width);
    },
    limit
  );

  it(
    'nodes are walked by arrows, the inspector and W are reached, an engine is stopped and brought back',
    async () => {
      await tabTo(button(graph, /^Engine 0/));
      await page.keyboard.press('ArrowRight');
      const inspector = graph.getByRole('region', { name: 'Inspector of engine 1' });
      await tabTo(button(inspector, 'Log'));
      const weights = graph.getByRole('grid', { name: 'Weights of W' });
      await tabTo(weights.locator('td[tabindex="0"]'));
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowDown');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('title'))).toMatch(
        /^w of 1 from 2/
      );
      await page.keyboard.press('Control+Alt+C');
      await tabTo(button(panel, /^Stop engine 1$/));
      await page.keyboard.press('Enter');
      await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Stop it' }));
      await page.keyboard.press('Enter');
      const news = panel.getByRole('status');
      await news.getByText(/Engine 1 of cluster \w+ is lost/).waitFor();
      await page.keyboard.press('Control+Alt+E');
      await news.getByText(/Engine 1 of cluster \w+ is ready again/).waitFor();
      await page.keyboard.press('Control+Alt+J');
      await page.getByRole('log', { name: 'Log of engine 0' }).waitFor();
      const views = ['.jp-DecentLabGraph', '.jp-DecentLabClusters', '.jp-DecentLabLog'];
      expect(await graveFindings(page, views)).toEqual([]);
    },
    limit
  );
});

/** The style of the line around a control that has the focus; those of Lab show it in their own ways. */
function ringOf(node: Element): string {
  const isOurs = node.closest('[class*="jp-DecentLab"]') !== null;
  return isOurs ? getComputedStyle(node).outlineStyle : '';
}

/** How often the links are drawn while dots move along them. */
function picturesASecond(graph: Locator): Promise<number> {
  return graph.locator('canvas').evaluate(async canvas => {
    const drawn = (): number => Number(canvas.dataset['draws']);
    const [first, begun] = [drawn(), performance.now()];
    while (drawn() < first + 10) await new Promise(requestAnimationFrame);
    return (drawn() - first - 1) / ((performance.now() - begun) / 1000);
  });
}

/** More than the dots on a link could ever cover. */
const points = 25;

/** How many points along the link between engines 0 and 1 have the colour of a pulse at once. */
async function litPoints(graph: Locator): Promise<number> {
  return graph.evaluate((node, count) => {
    const canvas = node.querySelector('canvas');
    const context = canvas?.getContext('2d');
    const [from, to] = [...node.querySelectorAll('.jp-DecentLabGraph-node')].map(button =>
      button.getBoundingClientRect()
    );
    if (!canvas || !context || !from || !to) return 0;
    const corner = canvas.getBoundingClientRect();
    const scale = canvas.width / corner.width;
    const at = (way: number, a: number, b: number): number => a + (b - a) * way;
    const probe = document.createElement('canvas').getContext('2d');
    if (!probe) return 0;
    probe.fillStyle = getComputedStyle(document.body).getPropertyValue('--jp-brand-color1').trim();
    probe.fillRect(0, 0, 1, 1);
    const brand = probe.getImageData(0, 0, 1, 1).data;
    return Array.from({ length: count }, (_, k) => 0.25 + (0.5 * k) / count).filter(way => {
      const x = at(way, from.x + from.width / 2, to.x + to.width / 2) - corner.x;
      const y = at(way, from.y + from.height / 2, to.y + to.height / 2) - corner.y;
      const { data } = context.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1);
      return [0, 1, 2].every(k => Math.abs((data[k] ?? 0) - (brand[k] ?? 0)) < 30);
    }).length;
  }, points);
}
