/** The live graph of a cluster: nodes by value, pulses by traffic, a cut link, an engine that is stopped, W beside it. */
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
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

const cells = [
  "const cluster = await Cluster.start({ engines: 4, topology: 'ring' });\nawait cluster.push(rank => ({ loss: rank / 2 }));",
  '%%px\nlet x = Float64Array.of(rank(), 1);',
  '%%px\nfor (let k = 0; k < 25; k++) {\n  x = await neighborAllreduce(x);\n  await new Promise(resolve => setTimeout(resolve, 40));\n}'
];
const ranks = [0, 1, 2, 3];
/** What the inspector says of an engine. */
const facts =
  /Process\s+\d+\s+Device\s+\w+ .*; .*\s+Memory\s+[\d.]+ MB\s+Processor time\s+[\d.]+ s\s+Rounds of averaging\s+\d+\s+Waiting for\s+\S+/;
const ring = ['0-1', '0-3', '1-0', '1-2', '2-1', '2-3', '3-0', '3-2'];

describe.skipIf(reason !== null)(titleWith('the live graph', reason), () => {
  let lab: Lab;
  let browser: Browser;

  // For each try: what one left in the notebook and the layout would fail the next.
  beforeEach(async () => {
    mkdirSync(artifacts, { recursive: true });
    const files = { 'ring.ipynb': notebookOf(cells.map(source => ({ source }))) };
    [lab, browser] = await Promise.all([Lab.start({ files }), startBrowser()]);
  }, limit);

  afterEach(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it(
    'shows what passes over each link, and after a cut over all others but that one',
    async () => {
      const page = await openPage(browser, { viewport: { width: 1400, height: 900 } });
      const told = countStats(page);
      await page.goto(lab.url('tree/ring.ipynb'));
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      await toggleStatusBar(page);
      const panel = page.getByRole('region', { name: 'DecentLab clusters' });
      await runAllCells(page);
      await panel.getByRole('button', { name: /^Show the graph/ }).click();
      const graph = page.getByRole('region', { name: /^Graph of cluster/ });
      await sees(page, graph, ring);

      await graph.getByRole('button', { name: /^Engine 0/ }).focus();
      await page.keyboard.press('ArrowRight');
      const inspector = graph.getByRole('region', { name: 'Inspector of engine 1' });
      await inspector.getByRole('row', { name: /x Float64Array 2/ }).waitFor();
      await graph.getByRole('button', { name: /^Engine 1, (busy|idle), [\d.e-]+$/ }).waitFor();
      await graph.getByText('ρ = 0.333, spectral gap 1 − ρ = 0.667').waitFor();
      await graph.getByRole('button', { name: /^Engine 3/ }).click();
      await graph.getByRole('region', { name: 'Inspector of engine 3' }).waitFor();
      await graph.getByRole('button', { name: /^Engine 1/ }).click();
      await expect.poll(() => inspector.locator('dl').innerText()).toMatch(facts);
      await inspector.getByText('Gradient norm').waitFor();
      await inspector.getByRole('row', { name: /^2 0\.333 [\d.]+ (B|KB) [\d.]+ (B|KB)/ }).waitFor();
      // The sums of rows and of columns.
      await expect.poll(() => graph.locator('td.jp-mod-sum').allTextContents()).toEqual(Array(8).fill('1')); // prettier-ignore
      await graph.getByLabel('Colour by').selectOption('value of loss');
      await graph.getByRole('button', { name: /^Engine 3, (busy|idle), 1.5$/ }).waitFor();
      await graph.getByLabel('Colour by').selectOption('consensus distance of x');
      await pictures(page, `${artifacts}graph`);
      await highlights(page, graph);
      await editsWeights(page, graph);

      await inspector.getByRole('button', { name: 'Cut the link between 1 and 2' }).click();
      await graph.getByRole('gridcell', { name: '0.67' }).nth(1).waitFor();
      await page.getByRole('tab', { name: 'ring.ipynb' }).click();
      const before = Math.max(...(await countsOfCells(page)));
      /** The cell has run again. */
      const again = (index: number): Promise<void> =>
        expect.poll(async () => (await countsOfCells(page))[index]).toBeGreaterThan(before);
      await runAllCells(page);
      await again(1);
      const hidden = told.count;
      await again(2);
      expect(told.count).toBe(hidden);
      await runAllCells(page);
      await page.getByRole('tab', { name: /^Graph of/ }).click();
      const left = ring.filter(key => key !== '1-2' && key !== '2-1');
      await sees(page, graph, left);

      await inspector.getByRole('button', { name: 'Stop this engine' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await graph.getByRole('button', { name: /^Engine 1, lost/ }).waitFor();
      await inspector.getByText('lost: signal SIGKILL: somebody ended it').waitFor();
      expect(await graveFindings(page, ['.jp-DecentLabGraph', '.jp-DecentLabClusters'])).toEqual(
        []
      );

      await page.reload();
      const isBack = async (): Promise<boolean> => {
        // The layout is saved half a second after it changed: the page may come back with the notebook in front.
        await page.getByRole('tab', { name: /^Graph of/ }).click();
        return graph.getByRole('button', { name: /^Engine 1, lost/ }).isVisible();
      };
      await expect.poll(isBack).toBe(true);
      await panel
        .or(page.getByRole('tab', { name: 'DecentLab clusters' }))
        .first()
        .click();
      await page.close();
    },
    limit
  );
});

/** Pulses travel over these edges at a time, and over no other. */
async function sees(page: Page, graph: Locator, edges: readonly string[]): Promise<void> {
  const isSeen = async (): Promise<boolean> => (await pulsesOf(graph)).join() === edges.join();
  await runUntilSeen(page, { notebook: 'ring.ipynb', view: /^Graph of/, isSeen });
}

/** The edges over which a pulse travels now. */
async function pulsesOf(graph: Locator): Promise<string[]> {
  const pulses = await graph.locator('canvas').getAttribute('data-pulses');
  return (pulses ?? '').split(' ').filter(key => key !== '');
}

/** An edge under the pointer emphasises its cells, and a cell that the keys reach its edge in the table. */
async function highlights(page: Page, graph: Locator): Promise<void> {
  const cell = graph.getByTitle(/^w of 1 from 2:/);
  const isMarked = (): Promise<boolean> =>
    cell.evaluate(node => node.classList.contains('jp-mod-marked'));
  // The nodes may still be on their way to their places.
  const isMarkedThere = async (): Promise<boolean> => {
    const [one, two] = await Promise.all([centreOf(graph, 1), centreOf(graph, 2)]);
    await page.mouse.move((one.x + two.x) / 2, (one.y + two.y) / 2);
    return isMarked();
  };
  await expect.poll(isMarkedThere).toBe(true);
  await page.mouse.move(0, 0);
  await expect.poll(isMarked).toBe(false);
  await graph.getByTitle(/^w of 0 from 0:/).focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect.poll(isMarked).toBe(true);
  await graph.locator('tr.jp-mod-marked').getByRole('rowheader', { name: '2' }).waitFor();
}

/** A chord by drawing and another by keys, on the engines and back. */
async function editsWeights(page: Page, graph: Locator): Promise<void> {
  const edit = graph.getByRole('button', { name: 'Edit W' });
  await edit.click();
  const panel = graph.getByRole('region', { name: 'Edit W' });
  await graph.getByText('W as it is drawn').waitFor();
  // Each end is looked for when the pointer goes there: the table beside it may have moved the nodes.
  await nodeOf(graph, 0).dragTo(nodeOf(graph, 2));
  await graph.getByTitle('w of 0 from 2: 0.25').waitFor();
  await panel.getByLabel('From').selectOption('1');
  await panel.getByLabel('To').selectOption('3');
  await panel.getByRole('button', { name: 'Add link' }).click();
  await graph.getByTitle('w of 1 from 3: 0.25').waitFor();
  await panel.getByRole('button', { name: 'Undo' }).click();
  await graph.getByTitle('w of 1 from 3: 0', { exact: true }).waitFor();
  await pictures(page, `${artifacts}graph-edit`);
  expect(await graveFindings(page, ['.jp-DecentLabGraph'])).toEqual([]);

  await panel.getByRole('button', { name: 'Copy as code' }).click();
  await page.getByText('The cell that sets this W is in the clipboard.').waitFor();
  await insertsCode(page, graph);
  await refuses(page, graph);
  await panel.getByRole('button', { name: 'Apply' }).click();
  await edit.click();
  await graph.getByText('W: row i takes from column j').waitFor();
  await graph.getByTitle('w of 0 from 2: 0.25').waitFor();
  await graph.getByText(/^ρ = 0.5, /).waitFor();

  await edit.click();
  await panel.getByLabel('Weights').selectOption('averaging');
  await panel.getByText('The columns do not all sum to 1').waitFor();
  await panel.getByLabel('Weights').selectOption('metropolis');
  await panel.getByText('The columns do not all sum to 1').waitFor({ state: 'detached' });
  await panel.getByLabel('From').selectOption('2');
  await panel.getByLabel('To').selectOption('0');
  await panel.getByRole('button', { name: 'Remove link' }).click();
  await graph.getByTitle('w of 0 from 2: 0', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Apply' }).click();
  await edit.click();
  await graph.getByText('ρ = 0.333, spectral gap 1 − ρ = 0.667').waitFor();
}

/** The numbers beside the cells; 0 for one that runs or has not run. */
async function countsOfCells(page: Page): Promise<number[]> {
  const prompts = await page.locator('.jp-CodeCell .jp-InputPrompt').allInnerTexts();
  return prompts.map(prompt => Number(/\d+/.exec(prompt)?.[0] ?? 0));
}

const codeOfCells = (page: Page): Promise<string[]> =>
  page.locator('.jp-CodeCell .cm-content').allInnerTexts();

/** The code goes below the active cell, from where Undo takes it away; then it is there again. */
async function insertsCode(page: Page, graph: Locator): Promise<void> {
  const insert = graph.getByRole('button', { name: 'Insert as cell' });
  await insert.click();
  await page.getByText('The code stands in cell 4 of ring.ipynb.').waitFor();
  await page.getByRole('tab', { name: 'ring.ipynb' }).click();
  const fourth = page.locator('.jp-CodeCell').nth(3);
  await fourth.getByText("setTopology(topologyFromEdges('drawn', 4,").waitFor();
  await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
  await page.getByText('Undo Cell Operation', { exact: true }).click();
  await fourth.waitFor({ state: 'detached' });
  expect(await codeOfCells(page)).toHaveLength(cells.length);
  await page.getByRole('tab', { name: /^Graph of/ }).click();
  await insert.click();
  await page.getByRole('tab', { name: 'ring.ipynb' }).click();
  await fourth.waitFor();
}

/** What the engines cannot do stands beside the buttons: while they have windows, and while a cell runs. */
async function refuses(page: Page, graph: Locator): Promise<void> {
  const run = async (code: string): Promise<void> => {
    await page.getByRole('tab', { name: 'ring.ipynb' }).click();
    await page.locator('.jp-CodeCell').nth(3).locator('.cm-content').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(code);
    await page.keyboard.press('Control+Enter');
  };
  const refusal = async (state: string, sentence: string): Promise<void> => {
    await page.getByRole('tab', { name: /^Graph of/ }).click();
    for (const rank of ranks)
      await graph.getByRole('button', { name: new RegExp(`^Engine ${rank}, ${state}`) }).waitFor();
    await graph.getByRole('button', { name: 'Apply' }).click();
    await graph.getByRole('alert').getByText(sentence).waitFor();
  };
  await run("%%px\nawait winCreate(x, 'w');");
  // The cells above it may have run more than once.
  await page
    .locator('.jp-CodeCell')
    .nth(3)
    .getByText(/^\[\d+\]:$/)
    .waitFor();
  await refusal('idle', 'Engine 0 has windows, whose slots are those of its neighbours: free');
  await page.screenshot({ path: `${artifacts}graph-refused.png` });
  await run('%%px\nawait winFree();\nwhile (true) await new Promise(go => setTimeout(go, 5));');
  await refusal('busy', 'A cell runs on engine 0, 1, 2, 3: W is set between cells.');
  await page.getByRole('button', { name: /^Interrupt cluster/ }).click();
  await graph.getByRole('button', { name: /^Engine 3, idle/ }).waitFor();
  await run('1');
  await page.getByRole('tab', { name: /^Graph of/ }).click();
}

function nodeOf(graph: Locator, rank: number): Locator {
  return graph.getByRole('button', { name: new RegExp(`^Engine ${rank},`) });
}

/** The middle of a node that stands still. */
async function centreOf(graph: Locator, rank: number): Promise<{ x: number; y: number }> {
  return nodeOf(graph, rank).evaluate(async element => {
    const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
    for (let last = ''; ; await frame()) {
      const { x, y, width, height } = element.getBoundingClientRect();
      const now = [x, y, width, height].join();
      if (now === last) return { x: x + width / 2, y: y + height / 2 };
      last = now;
    }
  });
}
