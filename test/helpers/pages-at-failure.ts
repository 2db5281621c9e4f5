/** What the open pages show when a test fails: told beside the failure, where nobody can look at the screen. */
import type { Page } from 'playwright-core';
import { TestRunner, type RunnerTestCase } from 'vitest';
import { openBrowsers } from './browser.js';

const MOST_CHARACTERS = 300;
/** A page that hangs says nothing, and should not keep the others waiting. */
const PATIENCE_MS = 5_000;

declare module 'vitest' {
  interface TaskMeta {
    /** Added to the line of the failure. */
    shown?: string;
  }
}

/** A runner that looks before the hooks of a file close what it has opened. */
export default class PageRunner extends TestRunner {
  async onTaskFinished(test: RunnerTestCase): Promise<void> {
    if (test.result?.state !== 'fail') return;
    const contexts = openBrowsers().flatMap(browser => browser.contexts());
    const words = await Promise.all(contexts.flatMap(context => context.pages()).map(wordsOf));
    if (words.length > 0) test.meta.shown = words.join(' || ');
  }
}

/** The path, the tabs in front, what is raised above the page, and the end of the main area. */
async function wordsOf(page: Page): Promise<string> {
  const endOf = async (selector: string): Promise<string> => {
    const texts = await page.locator(selector).allInnerTexts();
    return texts.join(' | ').replace(/\s+/g, ' ').slice(-MOST_CHARACTERS);
  };
  const look = async (): Promise<string> => {
    const path = new URL(page.url()).pathname;
    const front = await endOf('.lm-TabBar-tab.lm-mod-current');
    const raised = await endOf('.jp-Dialog, .Toastify__toast');
    const main = await endOf('#jp-main-dock-panel');
    return `${path}, in front: ${front}; raised: ${raised || 'nothing'}; below: ${main}`;
  };
  const late = new Promise<string>(resolve => {
    setTimeout(resolve, PATIENCE_MS, 'a page that does not answer').unref();
  });
  return Promise.race([look().catch(String), late]);
}
