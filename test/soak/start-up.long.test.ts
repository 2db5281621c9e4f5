/** What the extension costs JupyterLab's start: pages with and without it by turns, in one run, every figure printed. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { SOAK_LIMIT_MS } from './form.js';

const rounds = 15;
/** Of the start without it: what such a page varies by from load to load. */
const measurable = 0.1;
const reason = whyNoLab();

describe.skipIf(reason !== null)(titleWith('the start of JupyterLab', reason), () => {
  let labs: readonly [bare: Lab, ours: Lab];
  let browser: Browser;

  beforeAll(async () => {
    [labs, browser] = await Promise.all([
      Promise.all([Lab.start({ isBare: true }), Lab.start()]),
      startBrowser()
    ]);
  }, SOAK_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await Promise.all((labs ?? []).map(lab => lab.close()));
  });

  it(
    'is not measurably slower with the extension',
    async () => {
      const times: Start[][] = [[], []];
      for (let round = -1; round < rounds; round++)
        for (const [k, lab] of labs.entries()) {
          const start = await startOf(browser, lab);
          // The first page of a server fills its caches.
          if (round >= 0) times[k]?.push(start);
        }
      const [bare, ours] = times.map(starts => ({
        milliseconds: median(starts.map(({ milliseconds }) => milliseconds)),
        scripts: median(starts.map(({ scripts }) => scripts))
      }));
      console.log(`median of ${rounds}, without and with the extension`, { bare, ours });
      expect(ours?.scripts).toBeLessThan((bare?.scripts ?? 0) * (1 + measurable));
      expect(ours?.milliseconds).toBeLessThan((bare?.milliseconds ?? 0) * (1 + measurable));
    },
    SOAK_LIMIT_MS
  );
});

interface Start {
  /** From the request of the page to the launcher in sight. */
  milliseconds: number;
  /** Of the page's processor time, what scripts and layout took. */
  scripts: number;
}

async function startOf(browser: Browser, lab: Lab): Promise<Start> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const begun = performance.now();
  await page.goto(`${lab.url()}&reset`);
  await page.locator('.jp-LauncherCard').first().waitFor();
  const milliseconds = performance.now() - begun;
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  await context.close();
  return { milliseconds: Math.round(milliseconds), scripts: Math.round(seconds * 1000) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
