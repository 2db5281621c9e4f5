/** What the extension costs JupyterLab's start: pages with and without it by turns, in one run, every figure printed. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { SOAK_LIMIT_MS, tell } from './form.js';

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
          const name = k === 0 ? 'without' : 'with';
          tell(`${name} the extension: ${start.milliseconds} ms, scripts ${start.scripts} ms`);
          // The first page of a server fills its caches.
          if (round >= 0) times[k]?.push(start);
        }
      for (const part of ['scripts', 'milliseconds'] as const) {
        const [bare, ours] = times.map(starts => spreadOf(starts.map(start => start[part])));
        console.log(`${part}, of ${rounds} pages each`, { without: bare, with: ours });
        expect(ours?.median).toBeLessThan((bare?.median ?? 0) * (1 + measurable));
      }
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

interface Spread {
  least: number;
  /** A quarter of all is less, a quarter more than the other. */
  quartiles: readonly [number, number];
  median: number;
  most: number;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return { least: at(0), quartiles: [at(0.25), at(0.75)], median: at(0.5), most: at(1) };
}
