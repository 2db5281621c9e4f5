/** The extension in JupyterLab as a person meets it: card, panel, plot. Found by role and visible name. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { savedAnimation, savedGraph, savedPlot } from '../helpers/saved-outputs.js';
import { brightness, setView } from '../helpers/themes.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const decentlab = fileURLToPath(new URL('../../kernel-runtime/bin/decentlab.mjs', import.meta.url));
const viewport = { width: 1280, height: 900 };

const reason = whyNoLab();

describe.skipIf(reason !== null)(titleWith('the extension in JupyterLab', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    const titles = ['Average consensus on eight engines', 'Below the fold'];
    const cells = titles.map(title => ({ source: 'figure', output: savedPlot(title) }));
    const files = {
      'plot.ipynb': notebookOf(cells),
      'animation.ipynb': notebookOf([{ source: 'animation', output: savedAnimation() }]),
      'many.ipynb': notebookOf([{ source: 'animation', output: savedGraph(256) }])
    };
    const settings = { 'jupyterlab-decentlab/clusters': { engines: 3, topology: 'star' } };
    [lab, browser] = await Promise.all([Lab.start({ files, settings }), startBrowser()]);
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  let page: Page;
  afterEach(() => page.close());

  const open = async (path: string): Promise<void> => {
    page = await openPage(browser, { viewport });
    await page.goto(`${lab.url(path)}&reset`);
  };

  it(
    'has cards for the course, which says where it should be, for a notebook, and for a cluster by the settings',
    async () => {
      await open('');
      await page.getByTitle('Show the lessons and how far you are').first().click();
      const panel = page.getByRole('region', { name: 'DecentLab course' });
      await panel.getByText('There is no course here').waitFor();
      await page.screenshot({ path: `${artifacts}launcher.png` });

      const lesson = { file: '00-tour.ipynb', title: 'First steps', summary: 'Short.', minutes: 1 };
      lab.write('tutorials/course.json', { title: 'A course', lessons: [lesson] });
      await panel.getByRole('button', { name: 'Look again' }).click();
      await panel.getByText('course.json names 00-tour.ipynb, which is not there.').waitFor();
      lab.write('tutorials/00-tour.ipynb', notebookOf([{ source: "'the tour'" }]));
      await panel.getByRole('button', { name: 'Look again' }).click();
      await panel.getByRole('button', { name: 'First steps', exact: true }).click();
      await page.getByRole('tab', { name: '00-tour.ipynb' }).waitFor();

      const card = (name: string): Locator =>
        page.locator('.jp-LauncherCard:visible').filter({ hasText: name });
      await page.keyboard.press('Control+Shift+L');
      await card('Start a cluster').click();
      // What the form begins with stands in the settings.
      const form = page.getByRole('form', { name: 'New cluster' });
      await expect.poll(() => form.getByLabel('Engines').inputValue()).toBe('3');
      expect(await form.getByLabel('Topology').inputValue()).toBe('star');
      await card('New notebook').click();
      await page.getByRole('tab', { name: 'Untitled.ipynb' }).waitFor();
      await page.getByText(/^TypeScript \(DecentLab\) \| /).waitFor();
    },
    limit
  );

  it(
    'opens the panel of clusters on its blank state, one sentence and one button; a cluster of a shell comes and goes',
    async () => {
      await open('');
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await panel.getByText('No cluster is running.').waitFor();
      expect(await panel.getByRole('button').allTextContents()).toEqual(['Start a cluster']);
      await page.screenshot({ path: `${artifacts}panel-blank.png` });

      const env = { ...process.env, JUPYTER_RUNTIME_DIR: lab.runtimeFolder };
      const shell = (...args: string[]) =>
        promisify(execFile)(process.execPath, [decentlab, 'cluster', ...args], { env });
      const { stdout } = await shell('start', '-n', '2', '--json');
      const { id } = JSON.parse(stdout) as { id: string };
      await panel.getByRole('heading', { name: `Cluster ${id}` }).waitFor();
      await panel.getByText('2 of 2 engines ready').waitFor();
      await panel.getByRole('button', { name: 'Log of engine 1' }).click();
      await page.getByRole('log', { name: 'Log of engine 1' }).waitFor();
      await shell('stop', id);
      await panel.getByText('No cluster is running.').waitFor();
    },
    limit
  );

  it(
    'shows a saved plot with a line for each engine, in the colours of either theme',
    async () => {
      await open('tree/plot.ipynb');
      const figure = page.getByRole('figure', { name: 'Average consensus on eight engines' });
      await figure.waitFor();
      const traces = figure.locator('.scatterlayer .trace');
      await traces.nth(9).waitFor();
      expect(await traces.count()).toBe(10);
      const inkOf = (plotted: Locator): Promise<string> =>
        plotted.locator('.gtitle').evaluate(node => getComputedStyle(node).fill);
      const light = await inkOf(figure);
      await page.screenshot({ path: `${artifacts}plot-light.png` });

      await chooseTheme(page, 'JupyterLab Dark');
      await expect.poll(() => inkOf(figure)).not.toBe(light);
      await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
      await page.screenshot({ path: `${artifacts}plot-dark.png` });
      expect(brightness(light)).toBeLessThan(100);
      expect(brightness(await inkOf(figure))).toBeGreaterThan(150);
      const below = page.getByRole('figure', { name: 'Below the fold' });
      expect(await inkOf(below)).toBe(await inkOf(figure));

      const dark = await inkOf(figure);
      await setView(page, 'Theme of views', 'light');
      await page.getByRole('tab', { name: 'plot.ipynb' }).click();
      await expect.poll(() => inkOf(figure)).toBe(light);
      const ground = await figure.evaluate(node => getComputedStyle(node).backgroundColor);
      expect(brightness(ground)).toBeGreaterThan(200);
      await page.screenshot({ path: `${artifacts}plot-light-in-dark.png` });
      await setView(page, 'Theme of views', 'that of JupyterLab');
      await page.getByRole('tab', { name: 'plot.ipynb' }).click();
      await expect.poll(() => inkOf(figure)).toBe(dark);
    },
    limit
  );

  it(
    'shows a saved animation with a slider that needs no kernel',
    async () => {
      await open('tree/animation.ipynb');
      const figure = page.getByRole('figure', { name: 'Three nodes agree' });
      await figure.getByRole('button', { name: 'Node 2, 6' }).waitFor();
      const slider = figure.getByRole('slider', { name: 'Iteration' });
      await slider.focus();
      await page.keyboard.press('ArrowRight');
      await figure.getByRole('button', { name: 'Node 2, 4.5' }).waitFor();
      await figure.getByText('iteration 1, x').waitFor();
      await page.screenshot({ path: `${artifacts}animation.png` });
      await figure.getByRole('button', { name: 'Play' }).click();
      await figure.getByRole('button', { name: 'Node 0, 3' }).waitFor();
      await figure.getByText('iteration 2, x').waitFor();
      expect(await graveFindings(page, ['.jp-DecentLabAnimation'])).toEqual([]);
    },
    limit
  );

  it(
    'shows 256 nodes without a label that covers a node or another label; closer by every label is there',
    async () => {
      await open('tree/many.ipynb');
      const figure = page.getByRole('figure', { name: 'Many nodes' });
      const last = figure.getByRole('button', { name: 'Node 255, 255' });
      await last.waitFor();
      await page.screenshot({ path: `${artifacts}many-nodes.png` });
      const far = await labelsOf(figure);
      expect(far.labels.length).toBeGreaterThan(20);
      expect(overlapsOf(far)).toEqual([]);

      const closer = figure.getByRole('button', { name: 'Zoom in' });
      for (let step = 0; step < 4; step++) await closer.click();
      await last.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('End');
      await page.screenshot({ path: `${artifacts}many-nodes-near.png` });
      const near = await labelsOf(figure);
      expect(overlapsOf(near)).toEqual([]);
      expect(near.labels.map(({ text }) => text)).toContain('255');
      // Who walks there by keys reads the value too.
      await figure.getByText('Node 255, 255').waitFor();
      await figure.getByRole('button', { name: 'Show the whole graph' }).click();
      expect((await labelsOf(figure)).labels).toEqual(far.labels);
    },
    limit
  );

  it(
    'gives a notebook a cluster by itself where the settings say so, and no second one after it was stopped',
    async () => {
      const plugin = 'jupyterlab-decentlab/clusters';
      lab.writeSettings(plugin, { engines: 2, autoStart: true });
      await open('tree/plot.ipynb');
      await page.getByRole('button', { name: '2/2 engines' }).first().click();
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await panel.getByText('used by plot.ipynb').waitFor();
      await panel.getByRole('button', { name: /^Stop cluster/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await panel.getByText('No cluster is running.').waitFor();
      lab.writeSettings(plugin, { engines: 2 });
    },
    limit
  );
});

interface Drawn {
  labels: (Box & { text: string })[];
  nodes: Box[];
}

/** The boxes of all labels in sight and of all nodes, in pixels. */
function labelsOf(figure: Locator): Promise<Drawn> {
  return figure.evaluate(node => {
    const boxOf = (part: Element): Box => {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      return { left, right, top, bottom };
    };
    const labels = [...node.querySelectorAll('.jp-DecentLabGraph-labels > span:not([hidden])')];
    return {
      labels: labels.map(label => ({ ...boxOf(label), text: label.textContent ?? '' })),
      nodes: [...node.querySelectorAll('.jp-DecentLabGraph-node')].map(boxOf)
    };
  });
}

/** Labels that cover another one or a node. */
function overlapsOf({ labels, nodes }: Drawn): Box[] {
  return labels.filter((one, k) =>
    [...labels.slice(k + 1), ...nodes].some(other => isCovering(one, other))
  );
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function isCovering(one: Box, other: Box): boolean {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  );
}

async function chooseTheme(page: Page, name: string): Promise<void> {
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByText('Theme', { exact: true }).hover();
  await page.getByRole('menuitem', { name, exact: true }).click();
}
