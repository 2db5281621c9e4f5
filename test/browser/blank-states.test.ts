/** What the panel says when it has no kernel to speak with: one sentence and one button each, which goes on once it can. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { kernelspecText, venvPython } from '../helpers/venv.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

const halfWritten = '{ "argv": [';
const isNowhere = kernelspecText(['/nowhere/decentlab-kernel', '{connection_file}']);
/** It speaks Jupyter's language and knows nothing of clusters, like a kernel of ours from before there was a panel. */
const knowsNoClusters = kernelspecText([venvPython() ?? 'python3', '-m', 'ipykernel_launcher', '-f', '{connection_file}']); // prettier-ignore

describe.skipIf(reason !== null)(titleWith('the panel without a kernel', reason), () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  let panel: Locator;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    [lab, browser] = await Promise.all([Lab.start({ kernelspec: halfWritten }), startBrowser()]);
    page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    panel = page.getByRole('region', { name: 'DecentLab clusters' });
    await page.goto(lab.url());
    await page.getByRole('tab', { name: 'DecentLab clusters' }).click();
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it.each([
    [
      'is not installed',
      null,
      'The kernel of DecentLab is not installed here: run `decentlab install`.',
      'Try again'
    ],
    [
      'cannot be started',
      isNowhere,
      'The kernel of DecentLab could not be started; the log of the Jupyter server says why.',
      'Try again'
    ],
    [
      'closes the connection',
      knowsNoClusters,
      'The kernel closed the connection. Restarting the kernel mends it.',
      'Try again'
    ],
    ['is there at last', kernelspecText(), 'No cluster is running.', 'Start a cluster']
  ])(
    // prettier-ignore
    'says so when the kernel %s',
    async (how, kernelspec, sentence, button) => {
      if (kernelspec !== null) {
        lab.writeKernelspec(kernelspec);
        await panel.getByRole('button', { name: 'Try again' }).click();
      }
      await panel.getByRole('paragraph').getByText(sentence, { exact: true }).waitFor();
      expect(await panel.getByRole('button').allTextContents()).toEqual([button]);
      expect(await graveFindings(page, ['.jp-DecentLabClusters'])).toEqual([]);
      await page.screenshot({ path: `${artifacts}blank-${how.replaceAll(' ', '-')}.png` });
    },
    limit
  );
});
