/**
 * How smoothly the live graph moves: 64 engines that average without a pause for the eye, in Chromium, which draws in
 * software on a machine without a graphics card. Frames a second are printed.
 */
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
const least = 30;
/** Milliseconds in which each step has to come, so that the one that does not is named. */
const stepLimit = 240_000;
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);
const cells = [
  // So many engines on few cores may each be without a turn for seconds: that is no silence here.
  `const cluster = await Cluster.start({ engines: ${engines}, ignoreMemory: true, heartbeat: 60_000 });`,
  '%%px\nlet x = Float64Array.of(rank(), 1);',
  '%%px\nwhile (true) {\n  x = await neighborAllreduce(x);\n  await new Promise(go => setTimeout(go, 250));\n}'
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
      const pulses = async (): Promise<number> =>
        ((await graph.locator('canvas').getAttribute('data-pulses')) ?? '').split(' ').length;
      await expect.poll(pulses, { timeout: stepLimit }).toBeGreaterThan(engines);
      const { frames, longest, took } = await page.evaluate(countFrames, seconds * 1000);
      const rate = (1000 * frames) / took;
      await page.screenshot({ path: join(root, 'test/artifacts/graph-64.png') });
      console.log(
        `${engines} engines, ${await pulses()} links with pulses, drawn in software:`,
        `${rate.toFixed(1)} frames a second, the longest took ${longest.toFixed(0)} ms`
      );
      expect(rate).toBeGreaterThanOrEqual(least);
    },
    SOAK_LIMIT_MS
  );
});

/** Runs in the page. A page that draws nothing at all ends too. */
function countFrames(duration: number): Promise<{ frames: number; longest: number; took: number }> {
  return new Promise(resolve => {
    const begun = performance.now();
    let frames = 0;
    let longest = 0;
    let last = begun;
    const next = (now: number): void => {
      frames++;
      longest = Math.max(longest, now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    setTimeout(() => resolve({ frames, longest, took: performance.now() - begun }), duration);
  });
}
