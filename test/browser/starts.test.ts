/** Starts that cannot be: each ends in one sentence in sight, also where the page is late, and with nothing under way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { canBeLate } from '../helpers/late-page.js';
import { listenToNotices, type Notice } from '../helpers/notices.js';
import { runCommand } from '../helpers/palette.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const limitsFile = join(tmpdir(), `decentlab-starts-${process.pid}.json`);
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);
/** Milliseconds between what React draws and its effects: several looks at a notification would fit in. */
const lateness = 100;

/** What a key that somebody has given to the command says, and how. */
const byKey: [count: number, key: string, sentence: RegExp][] = [
  [1000, '1', /^You may have 3 engines at a time on this machine, and 0 run already\.Start 3$/],
  [0, '2', /^Cluster\.start, engines: 0 is no whole number from 1 on\.$/],
  [-1, '3', /^Cluster\.start, engines: -1 is no whole number from 1 on\.$/],
  [2.5, '4', /^Cluster\.start, engines: 2\.5 is no whole number from 1 on\.$/]
];
const shortcuts = byKey.map(([engines, key]) => ({
  ...{ command: 'decentlab:start-cluster', args: { engines } },
  ...{ keys: [`Ctrl Alt ${key}`], selector: 'body' }
}));

describe.skipIf(reason !== null)(titleWith('a start that cannot be', reason), () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  let panel: Locator;
  let last: () => Promise<Notice | undefined>;
  let setLate: (milliseconds: number) => Promise<void>;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    writeFileSync(limitsFile, '{ "engines": 3 }');
    const env = { DECENTLAB_LIMITS: limitsFile };
    const settings = { '@jupyterlab/shortcuts-extension/shortcuts': { shortcuts } };
    [lab, browser] = await Promise.all([Lab.start({ env, settings }), startBrowser()]);
    page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    panel = page.getByRole('region', { name: 'DecentLab clusters' });
    setLate = await canBeLate(page);
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  beforeEach(() => open(), limit);

  const open = async (): Promise<void> => {
    await page.goto(`${lab.url()}&reset`);
    await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
    await panel.getByText('No cluster is running.').waitFor();
    const notices = await listenToNotices(page);
    last = async () => (await notices()).at(-1);
  };
  const engines = (): Locator => panel.getByLabel('Engines');
  const start = (): Promise<void> =>
    panel.getByRole('button', { name: 'Start', exact: true }).click();

  it(
    'is told where the page is late with what it draws, with what fits, which then starts',
    async () => {
      await panel.getByRole('button', { name: 'Start a cluster' }).click();
      await engines().fill('5');
      await setLate(lateness);
      await start();
      const text = expect.stringMatching(/^You may have 3 engines at a time/);
      await expect.poll(last).toMatchObject({ kind: 'error', text });
      await page.getByRole('button', { name: 'Start 3' }).first().click();
      await expect.poll(last).toMatchObject({ kind: 'success' });
      await setLate(0);
      await panel.getByRole('button', { name: /^Stop cluster/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
      await panel.getByText('No cluster is running.').waitFor();
    },
    limit
  );

  it.each([
    ['1000', '256'],
    ['0', '1'],
    ['-1', '1'],
    ['2.5', '2 and 3'],
    ['NaN', 'fill out']
  ])(
    'is refused by the form at once if it is of %s engines, and the form waits for another number',
    async (text, said) => {
      await runCommand(page, 'Start a cluster');
      await engines().clear();
      await engines().pressSequentially(text);
      await start();
      const shown = engines().and(panel.locator('input:focus:invalid'));
      // By the browser itself, in its language.
      expect(await shown.evaluate(node => (node as HTMLInputElement).validationMessage)).toContain(
        said
      );
      expect(await last()).toBeUndefined();
      await engines().fill('2');
      expect(await panel.locator('input:invalid').count()).toBe(0);
    },
    limit
  );

  it.each(byKey)(
    'says why if a key of one’s own asks for %d engines',
    async (count, key, sentence) => {
      await page.keyboard.press(`Control+Alt+${key}`);
      const text = expect.stringMatching(sentence);
      await expect.poll(last).toMatchObject({ kind: 'error', text });
      await panel.getByText('No cluster is running.').waitFor();
      await page.screenshot({ path: `${artifacts}start-${count}.png` });
    },
    limit
  );

  it.each([
    ['1000', '<= 256'],
    ['0', '>= 1'],
    ['-1', '>= 1'],
    ['2.5', 'integer']
  ])(
    'is refused by the settings, which say so beside the number, if it is of %s engines',
    async (text, said) => {
      await page.keyboard.press('Control+,');
      const editor = page.locator('#setting-editor');
      await editor.getByRole('search').first().click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText('DecentLab clusters');
      const field = editor.locator('.form-group').filter({ hasText: 'How many engines' });
      await field.getByRole('spinbutton').fill(text);
      await field.getByText(said).waitFor();
      await page.screenshot({ path: `${artifacts}settings-refuse.png` });
    },
    limit
  );
});
