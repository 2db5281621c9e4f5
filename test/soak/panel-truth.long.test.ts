/** How soon the panel tells what is the case after the server has gone and come back. Every figure is printed. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { SOAK_LIMIT_MS } from './form.js';

const rounds = 5;
/** Milliseconds: what the panel may take, on a machine that has nothing else to do. */
const bound = 2_000;
const reason = whyNoLab(['kernel-runtime/dist/jupyter/kernel/main.js']);

describe.skipIf(reason !== null)(titleWith('the panel and its server', reason), () => {
  let lab: Lab;
  let browser: Browser;

  beforeAll(async () => {
    [lab, browser] = await Promise.all([Lab.start(), startBrowser()]);
  }, SOAK_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  });

  it(
    'never shows what is no more, and lists the clusters that are left as soon as it can know them',
    async () => {
      const page = await browser.newPage();
      await page.goto(lab.url());
      await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
      await page.getByRole('button', { name: 'Start a cluster' }).click();
      await page.getByLabel('Engines').fill('2');
      await page.keyboard.press('Enter');
      await page.getByText('2 of 2 engines ready').waitFor();
      const figures: Record<'gone' | 'back', number>[] = [];
      for (let round = 0; round < rounds; round++) {
        const said = await record(page);
        await lab.stop();
        const stopped = Date.now();
        const gone = (await said('The Jupyter server does not answer.')) - stopped;
        await lab.restart();
        // Its address is printed once it listens.
        const listening = Date.now();
        const back = (await said('2 of 2 engines ready')) - listening;
        figures.push({ gone, back });
      }
      console.log('milliseconds until the panel says so', figures);
      const median = (key: 'gone' | 'back') =>
        figures.map(figure => figure[key]).sort((a, b) => a - b)[Math.floor(rounds / 2)];
      expect(median('gone')).toBeLessThanOrEqual(bound);
      expect(median('back')).toBeLessThanOrEqual(bound);
    },
    SOAK_LIMIT_MS
  );
});

/** Begins to note when the panel says what first; the answer waits for a sentence and tells when it came. */
async function record(page: Page): Promise<(sentence: string) => Promise<number>> {
  await page.evaluate(() => {
    const panel = document.querySelector('.jp-DecentLabClusters');
    const said = new Map<string, number>();
    Reflect.set(window, 'decentlabSaid', said);
    const note = () => {
      for (const { textContent } of panel?.querySelectorAll('p') ?? [])
        if (textContent && !said.has(textContent)) said.set(textContent, Date.now());
    };
    if (panel)
      new MutationObserver(note).observe(panel, {
        childList: true,
        subtree: true,
        characterData: true
      });
  });
  return async sentence => {
    const handle = await page.waitForFunction(
      text => (Reflect.get(window, 'decentlabSaid') as Map<string, number>).get(text),
      sentence,
      { timeout: 60_000 }
    );
    const at = (await handle.jsonValue()) ?? NaN;
    // What was said before the server went away does not count when it comes again.
    await page.evaluate(() =>
      (Reflect.get(window, 'decentlabSaid') as Map<string, number>).clear()
    );
    return at;
  };
}
