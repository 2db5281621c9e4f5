/**
 * Notebook 7, with and without pip's plotly: a page a document, so a view stands at the right instead of in the main
 * area, panels are opened by the View menu, and there are no launcher and no status bar to put anything into.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';
import { graveFindings } from '../helpers/accessibility.js';
import { startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { root } from '../helpers/project.js';
import { savedAnimation, savedPlot } from '../helpers/saved-outputs.js';
import { environment, plotlyShare } from './environments.js';
import { SOAK_LIMIT_MS } from './form.js';

const artifacts = join(root, 'test/artifacts');
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

const cells = [
  '%%px\nlet temperature = Float64Array.of(rank(), 20);',
  "plot.convergence({ title: 'Drawn now', series: [{ name: 'two', values: [[1, 0.1], [2, 0.2]] }] })",
  '%%px\nfor (let k = 0; k < 400; k++) {\n  temperature = await neighborAllreduce(temperature);\n  await new Promise(go => setTimeout(go, 20));\n}',
  '%%px\ntemper'
];
/** As plotly for Python writes it: in three dimensions, with a template. */
const figureOfPython = {
  'application/vnd.plotly.v1+json': {
    data: [{ type: 'scatter3d', x: [0, 1], y: [0, 1], z: [0, 1] }],
    layout: { template: { layout: {} }, title: { text: 'Of Python' } }
  }
};
const files = {
  'work.ipynb': notebookOf(cells.map(source => ({ source }))),
  'saved.ipynb': notebookOf([
    { source: 'figure', output: savedPlot('Average consensus') },
    { source: 'animation', output: savedAnimation() },
    { source: 'a figure of Python', output: figureOfPython }
  ])
};

describe.each([
  ['alone', false],
  ['beside plotly of pip', true]
])('Notebook 7 %s', (name, hasPlotly) => {
  describe.skipIf(reason !== null)(titleWith('(no launcher, no status bar)', reason), () => {
    let server: Lab;
    let browser: Browser;
    let page: Page;
    let panel: Locator;

    beforeAll(async () => {
      mkdirSync(artifacts, { recursive: true });
      const program = venvExecutable(environment('notebook>=7.4,<8'), 'jupyter-notebook');
      const share = hasPlotly ? { share: plotlyShare() } : {};
      [server, browser] = await Promise.all([
        Lab.start({ files, program, ...share }),
        startBrowser()
      ]);
      page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      panel = page.getByRole('region', { name: 'DecentLab clusters' });
    }, SOAK_LIMIT_MS);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    const cell = (index: number): Locator => page.locator('.jp-CodeCell').nth(index);
    const run = async (index: number): Promise<void> => {
      await cell(index).locator('.cm-content').click();
      await page.keyboard.press('Control+Enter');
    };
    const picture = (view: string): Promise<Buffer> =>
      page.screenshot({ path: join(artifacts, `notebook7-${view}-${name.slice(0, 6)}.png`) });

    it(
      'draws saved plots and animations, and both without a kernel',
      async () => {
        await page.goto(server.address('notebooks/saved.ipynb'));
        const figure = page.getByRole('figure', { name: 'Average consensus' });
        await figure.locator('.scatterlayer .trace').nth(9).waitFor();
        const animation = page.getByRole('figure', { name: 'Three nodes agree' });
        await animation.getByRole('button', { name: 'Node 2, 6' }).waitFor();
        await animation.getByRole('slider', { name: 'Iteration' }).press('ArrowRight');
        await animation.getByRole('button', { name: 'Node 2, 4.5' }).waitFor();
        if (hasPlotly) await page.locator('.jp-RenderedPlotly.js-plotly-plot').waitFor();
        await picture('saved');
      },
      SOAK_LIMIT_MS
    );

    it(
      'has the panel in its View menu; the chip of a notebook starts a cluster, and cells are marked',
      async () => {
        await page.goto(server.address('notebooks/work.ipynb'));
        await page.getByRole('button', { name: 'No cluster', exact: true }).waitFor();
        await page.getByRole('menuitem', { name: 'View', exact: true }).click();
        await page.getByText('Left Sidebar', { exact: true }).hover();
        await page.getByText('Show DecentLab clusters', { exact: true }).click();
        await panel.getByText('No cluster is running.').waitFor();
        await page.getByRole('button', { name: 'No cluster', exact: true }).click();
        await panel.getByLabel('Engines').fill('2');
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: '2/2 engines' }).first().waitFor();
        await panel.getByText('used by work.ipynb').waitFor();
        await cell(0).getByTitle('This cell runs on the engines.').waitFor();
        await run(0);
        await cell(0).getByText('[1]:').waitFor();
        expect(await graveFindings(page, ['.jp-DecentLabClusters', '.jp-DecentLabChip'])).toEqual(
          []
        );
      },
      SOAK_LIMIT_MS
    );

    it(
      'draws what a cell plots, completes and explains variables of the engines',
      async () => {
        await run(1);
        await page
          .getByRole('figure', { name: 'Drawn now' })
          .locator('.scatterlayer .trace')
          .nth(1)
          .waitFor();
        await cell(3).locator('.cm-content').click();
        await page.keyboard.press('Control+End');
        await page.keyboard.press('Tab');
        await page.locator('.jp-Completer').getByText('temperature').click();
        await cell(3).getByText('temperature').waitFor();
        await page.keyboard.press('Shift+Tab');
        await page
          .locator('.jp-Tooltip')
          .getByText(/temperature: Float64Array/)
          .waitFor();
        await page.keyboard.press('Escape');
      },
      SOAK_LIMIT_MS
    );

    it(
      'shows graph, timeline and log at the right, interrupts, and marks what a restart made stale',
      async () => {
        await run(2);
        await panel.getByRole('button', { name: /^Show the graph/ }).click();
        const graph = page.getByRole('region', { name: /^Graph of cluster/ });
        await graph.getByRole('button', { name: /^Engine 1, busy/ }).waitFor();
        const pulses = (): Promise<string | null> =>
          graph.locator('canvas').getAttribute('data-pulses');
        await expect.poll(pulses, { timeout: SOAK_LIMIT_MS }).toBe('0-1 1-0');
        const { width = 0 } = (await graph.locator('canvas').boundingBox()) ?? {};
        expect(width).toBeGreaterThan(200);
        await picture('graph');
        await panel.getByRole('button', { name: /^Show the timeline/ }).click();
        const timeline = page.getByRole('region', { name: /^Timeline of cluster/ });
        await timeline.getByText(/^Throughput: [\d.]+ K?B a second$/).waitFor();
        await picture('timeline');
        await panel.getByRole('button', { name: /^Interrupt cluster/ }).click();
        await panel.getByRole('cell', { name: 'idle' }).nth(1).waitFor();
        await panel.getByRole('button', { name: 'Log of engine 1' }).click();
        await page.getByRole('log', { name: 'Log of engine 1' }).waitFor();
        await panel.getByRole('button', { name: 'Restart engine 1' }).click();
        await cell(0)
          .getByTitle('The engines were restarted since: run this cell again.')
          .waitFor();
        await panel.getByText('2 of 2 engines ready').waitFor();
      },
      SOAK_LIMIT_MS
    );

    it(
      'lists the cluster under Running on its first page, has its commands in the palette, and stops it',
      async () => {
        await page.goto(server.address('tree'));
        await page.getByRole('tab', { name: 'Running' }).click();
        await page
          .locator('.jp-RunningSessions')
          .getByText(/^Cluster \w+$/)
          .waitFor();
        await page.keyboard.press('Control+Alt+C');
        await panel.locator('li').getByText('2 of 2 engines ready').waitFor();
        await picture('running');
        await page.keyboard.press('Control+Shift+C');
        await page.locator('.lm-CommandPalette-input').fill('Stop cluster');
        await page.keyboard.press('Enter');
        await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
        await panel.getByText('No cluster is running.').waitFor();
      },
      SOAK_LIMIT_MS
    );
  });
});
