/**
 * The extension as an everyday companion, below a base URL as a hub gives one: what does not fit is said with a way out,
 * a notebook takes a cluster, stops and restarts it, knows its variables, and its marks outlive the page.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { listenToNotices, type Notice } from '../helpers/notices.js';
import { brightness, setView } from '../helpers/themes.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const limitsFile = join(tmpdir(), `decentlab-limits-${process.pid}.json`);
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

interface Saved {
  cells: { execution_count: number | null }[];
}

const cells = [
  '%%px\nconst temperature = rank() + 20;',
  '%%px\nwhile (true) await new Promise(go => setTimeout(go, 5));',
  '%%px\ntemper'
];

describe.skipIf(reason !== null)(titleWith('a notebook and the panel', reason), () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  let panel: Locator;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    writeFileSync(limitsFile, '{ "engines": 3 }');
    const files = { 'work.ipynb': notebookOf(cells.map(source => ({ source }))) };
    const env = { DECENTLAB_LIMITS: limitsFile };
    const settings = { 'jupyterlab-decentlab/views': { theme: 'dark' } };
    [lab, browser] = await Promise.all([
      Lab.start({ files, env, settings, base: '/user/x/' }),
      startBrowser()
    ]);
    page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    panel = page.getByRole('region', { name: 'DecentLab clusters' });
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  const cell = (index: number): Locator => page.locator('.jp-CodeCell').nth(index);
  const run = async (index: number): Promise<void> => {
    await cell(index).locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
  };

  it(
    'a start that does not fit says what does, with a button that starts that',
    async () => {
      await page.goto(lab.url());
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      const notices = await listenToNotices(page);
      await panel.getByRole('button', { name: 'Start a cluster' }).click();
      await panel.getByLabel('Engines').fill('5');
      await panel.getByLabel('Backend of tensors').selectOption('cpu');
      await panel.getByLabel('Devices').selectOption('cpu');
      await panel.getByRole('button', { name: 'Start', exact: true }).click();
      const last = async (): Promise<Notice | undefined> => (await notices()).at(-1);
      const text = expect.stringMatching(/^You may have 3 engines at a time on this machine/);
      await expect.poll(last).toMatchObject({ kind: 'error', text });
      const [starting, refused] = await notices();
      expect(starting).toMatchObject({ kind: 'default', text: 'Starting 5 engines' });
      expect(refused?.id).toBe(starting?.id);
      await page.screenshot({ path: `${artifacts}start-refused.png` });
      await page.getByRole('button', { name: 'Start 3' }).first().click();
      await panel.getByText('3 of 3 engines ready').waitFor();
    },
    limit
  );

  it(
    'a notebook takes the cluster, stops a cell on it, completes and explains its variables',
    async () => {
      await page.goto(lab.url('tree/work.ipynb'));
      await panel.getByRole('button', { name: 'Use in work.ipynb' }).click();
      await panel.getByText('used by work.ipynb').waitFor();
      await run(0);
      await cell(0).getByText('[1]:').waitFor();

      await run(1);
      await panel.getByRole('cell', { name: 'busy' }).nth(2).waitFor();
      await panel.getByRole('button', { name: /^Interrupt cluster/ }).click();
      await panel.getByRole('cell', { name: 'idle' }).nth(2).waitFor();
      await cell(1).getByText('[2]:').waitFor();

      await cell(2).locator('.cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.press('Tab');
      await page.locator('.jp-Completer').getByText('temperature').click();
      await cell(2).getByText('temperature').waitFor();
      await page.keyboard.press('Shift+Tab');
      await page
        .locator('.jp-Tooltip')
        .getByText(/temperature: number/)
        .waitFor();
      // It lives on all three: no rank needs a word.
      expect(await page.locator('.jp-Tooltip').innerText()).not.toContain('lives on');
      await page.screenshot({ path: `${artifacts}hover.png` });
      await page.keyboard.press('Escape');
    },
    limit
  );

  it(
    'the palette has every action, each with its keys',
    async () => {
      await page.keyboard.press('Control+Shift+C');
      await page.getByRole('textbox', { name: 'SEARCH' }).fill('decentlab');
      const items = page.locator('.lm-CommandPalette-item');
      const found = await items.evaluateAll(nodes =>
        nodes.map(node => [
          node.querySelector('.lm-CommandPalette-itemLabel')?.textContent ?? '',
          node.querySelector('.lm-CommandPalette-itemShortcut')?.textContent ?? ''
        ])
      );
      const keys = new Map(found.map(([label = '', shortcut = '']) => [label, shortcut]));
      for (const label of palette) expect(keys.get(label), label).toMatch(/Ctrl\+Alt\+\w/);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Alt+D');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Two engines, such as 0-1').fill('1-1');
      await dialog.getByRole('button', { name: 'Cut link' }).click();
      await page.getByText('There is no link between engines 1 and 1.').first().waitFor();
    },
    limit
  );

  it(
    'one engine restarts and the others stay; cells on it are stale, in a new page too',
    async () => {
      const processes = panel.getByRole('row').locator('td:nth-child(3)');
      const before = await processes.allTextContents();
      await panel.getByRole('button', { name: 'Restart engine 1' }).click();
      const stale = cell(0).getByTitle('The engines were restarted since: run this cell again.');
      await stale.waitFor();
      await panel.getByText('3 of 3 engines ready').waitFor();
      const after = await processes.allTextContents();
      expect(after.map((pid, rank) => pid === before[rank])).toEqual([true, false, true]);

      await page.keyboard.press('Control+S');
      const saved = (): unknown => (lab.read('work.ipynb') as Saved | null)?.cells[0];
      await expect.poll(saved).toMatchObject({ execution_count: expect.any(Number) });
      await page.reload();
      await stale.waitFor();
      await run(0);
      await cell(0).getByTitle('This cell runs on the engines.').waitFor();
    },
    limit
  );

  it(
    'graph and timeline have the theme that the settings give them; without its sheet they follow the page',
    async () => {
      // A page that was loaded anew may bring its notebook to the front late.
      const region = (name: RegExp): Locator =>
        page.getByRole('region', { name, includeHidden: true });
      const [graph, timeline] = [region(/^Graph of cluster/), region(/^Timeline of cluster/)];
      const ground = (view: Locator): Promise<number> =>
        view.evaluate(node => getComputedStyle(node).backgroundColor).then(brightness);
      const ink = (view: Locator): Promise<number> =>
        view.evaluate(node => getComputedStyle(node).color).then(brightness);
      await page.keyboard.press('Control+Alt+G');
      await graph.getByRole('button', { name: /^Engine 2/ }).waitFor();
      expect([await ground(graph), await ink(graph)]).toEqual([isDark, isBright]);
      expect(await ground(page.locator('#jp-main-statusbar'))).toEqual(isBright);
      // Its buttons too are those of the theme: what stands on them can be read.
      const edit = graph.getByRole('button', { name: 'Edit W', includeHidden: true });
      expect(Math.abs((await ink(edit)) - (await ground(edit)))).toBeGreaterThan(100);
      const findings = async (): Promise<string[] | null> => {
        if (!(await graph.isVisible())) await page.keyboard.press('Control+Alt+G');
        const found = await graveFindings(page, ['.jp-DecentLabGraph']);
        return (await graph.isVisible()) ? found : null;
      };
      await expect.poll(findings).toEqual([]);
      await page.screenshot({ path: `${artifacts}graph-dark-in-light.png` });
      await page.keyboard.press('Control+Alt+M');
      await timeline.getByText('Throughput').first().waitFor();
      expect([await ground(timeline), await ink(timeline)]).toEqual([isDark, isBright]);
      await page.screenshot({ path: `${artifacts}timeline-dark-in-light.png` });

      await page.route('**/theme-dark-high-contrast-extension/index.css', route =>
        route.fulfill({ status: 404 })
      );
      await setView(page, 'Theme of views', 'dark with high contrast');
      await page.getByText('The theme of views is not there: they follow JupyterLab.').first().waitFor(); // prettier-ignore
      await page.keyboard.press('Control+Alt+G');
      await graph.waitFor();
      expect([await ground(graph), await ink(graph)]).toEqual([isBright, isDark]);
      await page.screenshot({ path: `${artifacts}theme-missing.png` });

      await page.keyboard.press('Control+Alt+X');
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await panel.getByText('No cluster is running.').waitFor();
    },
    limit
  );

  it(
    'the server is asked again and again while somebody waits for an answer, and not when nobody looks',
    async () => {
      const kernels = kernelPids(lab);
      expect(kernels.length).toBeGreaterThan(0);
      for (const pid of kernels) process.kill(pid, 'SIGSTOP');
      try {
        // Without the views that are open: they look too.
        await page.goto(`${lab.url()}&reset`);
        await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
        let asked = 0;
        page.on(
          'request',
          request => (asked += /api\/(kernels|sessions)/.test(request.url()) ? 1 : 0)
        );
        await panel.getByText('Connecting to a kernel of DecentLab.').waitFor();
        await expect.poll(() => asked).toBeGreaterThan(10);
        await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
        await panel.waitFor({ state: 'hidden' });
        await page.waitForTimeout(watched / 4);
        asked = 0;
        await page.waitForTimeout(watched);
        // JupyterLab itself asks for kernels and sessions every ten seconds.
        expect(asked).toBeLessThanOrEqual(2);
      } finally {
        for (const pid of kernels) process.kill(pid, 'SIGCONT');
      }
    },
    limit
  );
});

const isDark = expect.toSatisfy((value: number) => value < 80);
const isBright = expect.toSatisfy((value: number) => value > 175);

/** Milliseconds for which requests are counted: a panel that looks would make a dozen. */
const watched = 2_000;

/** The kernels that a server has started, by the connection files that they were given. */
function kernelPids(lab: Lab): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => commandOf(pid).includes(join(lab.runtimeFolder, 'kernel-')))
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** The palette's words for all that can be done. */
const palette = [
  'Show clusters',
  'Start a cluster',
  'Show graph',
  'Show timeline',
  'Interrupt cluster',
  'Restart cluster',
  'Stop cluster',
  'Restart engine',
  'Stop engine',
  'Cut link',
  'Log of engine',
  'Use cluster in this notebook',
  'New DecentLab notebook',
  'Open the course',
  'Take the tour',
  'Check the exercise',
  'Show a hint for the exercise',
  'Show the solution of the exercise',
  'Reset the exercise',
  'Reset the whole notebook'
];
