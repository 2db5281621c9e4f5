/**
 * How smoothly the live graph moves while 64 engines average a few times a second, as a lesson lets them, in Chromium,
 * which draws in software on a machine without a graphics card. Frames and exchanges a second are printed. Pulses have to
 * travel from the first second to the last: a graph at rest draws nothing, and would be quick without any merit.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../helpers/browser.js';
import { Lab, runAllCells, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { root } from '../helpers/project.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

const engines = 64;
const seconds = 10;
/** So many parts of the measured time each have pulses over more links than there are engines. */
const parts = 4;
const least = 30;
/** Milliseconds in which each step has to come, so that the one that does not is named. */
const stepLimit = 240_000;
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);
const cells = [
  // So many engines on few cores may each be without a turn for seconds: that is no silence here.
  `const cluster = await Cluster.start({ engines: ${engines}, ignoreMemory: true, heartbeat: 60_000 });`,
  '%%px\nlet x = Float64Array.of(rank(), 1);\nlet k = 0;',
  '%%px\nwhile (true) {\n  x = await neighborAllreduce(x);\n  k++;\n  await new Promise(go => setTimeout(go, 250));\n}'
];

describe.skipIf(reason !== null)(titleWith('the live graph of 64 engines', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    const files = { 'many.ipynb': notebookOf(cells.map(source => ({ source }))) };
    [lab, browser] = await Promise.all([Lab.start({ files }), startBrowser()]);
  }, SOAK_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, SOAK_LIMIT_MS);

  it(
    `moves at ${least} frames a second while pulses travel over its links`,
    async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.setDefaultTimeout(stepLimit);
      await page.goto(lab.url('tree/many.ipynb'));
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      await runAllCells(page);
      await page.getByText(`${engines} of ${engines} engines ready`).first().waitFor();
      tell(`${engines} engines are ready`);
      await page.getByRole('button', { name: /^Show the graph/ }).click();
      const graph = page.getByRole('region', { name: /^Graph of cluster/ });
      await graph.getByRole('button', { name: /^Engine 63, (busy|waiting)/ }).waitFor();
      tell('they run the cell');
      // Nodes show how often each engine has exchanged.
      await graph.getByLabel('Colour by').selectOption('value of k');
      const exchanging = graph.getByRole('button', { name: /^Engine \d+, .*[1-9]\d*$/ });
      await exchanging.nth(engines - 1).waitFor();
      const measured = await page.evaluate(measure, { milliseconds: seconds * 1000, parts });
      const { frames, longest, links, took, exchanges } = measured;
      const [rate, steps] = [frames, exchanges].map(count => (1000 * count) / took);
      await page.screenshot({ path: join(root, 'test/artifacts/graph-64.png') });
      console.log(
        `${engines} engines, ${steps.toFixed(1)} exchanges a second on each, pulses over`,
        `${links.join(', ')} links, drawn in software: ${rate.toFixed(1)} frames a second,`,
        `the longest took ${longest.toFixed(0)} ms; load ${loadavg()[0].toFixed(1)}`
      );
      // Without pulses the cell has ended: what it says is why.
      const said = (await page.locator('.jp-OutputArea-output').allTextContents()).join('\n');
      for (const count of links) expect(count, said).toBeGreaterThan(engines);
      expect(rate).toBeGreaterThanOrEqual(least);
    },
    SOAK_LIMIT_MS
  );
});

interface Measured {
  /** So often the picture was drawn. */
  frames: number;
  /** Milliseconds from one frame of the page to the next, and of all. */
  longest: number;
  took: number;
  /** In each part of the time, the most links that had pulses at once. */
  links: number[];
  /** By how much the value of the nodes has grown, on average. */
  exchanges: number;
}

/** Runs in the page. A page that draws nothing at all ends too. */
function measure(wanted: { milliseconds: number; parts: number }): Promise<Measured> {
  const { milliseconds, parts } = wanted;
  const canvas = document.querySelector<HTMLElement>('.jp-DecentLabGraph canvas');
  if (!canvas) throw new Error('No graph is shown.');
  const meanOfNodes = (): number => {
    const nodes = [...document.querySelectorAll('.jp-DecentLabGraph-node')];
    const values = nodes.map(node => Number(node.getAttribute('aria-label')?.split(', ').at(-1)));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return new Promise(resolve => {
    const begun = performance.now();
    const exchangedBefore = meanOfNodes();
    const links = Array.from({ length: parts }, () => 0);
    const draws = (): number => Number(canvas.dataset['draws']);
    const drawnBefore = draws();
    let longest = 0;
    let last = begun;
    const next = (now: number): void => {
      longest = Math.max(longest, now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    // The attribute is written whenever new pulses set out.
    const pulses = new MutationObserver(() => {
      const part = Math.floor((parts * (performance.now() - begun)) / milliseconds);
      const now = (canvas.dataset['pulses'] ?? '').split(' ').filter(key => key !== '').length;
      links[part] = Math.max(links[part] ?? 0, now);
    });
    pulses.observe(canvas, { attributeFilter: ['data-pulses'] });
    setTimeout(() => {
      const took = performance.now() - begun;
      const frames = draws() - drawnBefore;
      resolve({ frames, longest, took, links: links.slice(0, parts), exchanges: meanOfNodes() - exchangedBefore }); // prettier-ignore
    }, milliseconds);
  });
}
